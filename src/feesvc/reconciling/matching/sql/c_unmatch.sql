-- What was matched could not be booked: the lines of the group are open again, with a code.
WITH undone AS (
    UPDATE feesvc.match_group SET state = 'reversed'
    WHERE id = %(group)s AND state = 'confirmed'
    RETURNING id
), members AS (
    UPDATE feesvc.match_member SET active = false
    FROM undone
    WHERE match_member."group" = undone.id
    RETURNING match_member.side, match_member.item
), opened AS (
    UPDATE feesvc.line SET state = 'open', reason = %(code)s
    FROM members
    WHERE members.side = 'B' AND line.id = substr(members.item, 6)::bigint
    RETURNING line.id, line.gross, line.currency
)
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates)
SELECT %(run)s, opened.id, %(code)s, opened.gross, opened.currency,
    ARRAY(SELECT item FROM members WHERE side = 'A' ORDER BY item)
FROM opened
ON CONFLICT (run, line) DO UPDATE SET code = excluded.code, candidates = excluded.candidates
