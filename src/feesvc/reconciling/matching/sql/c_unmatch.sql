-- What was matched could not be booked: the lines of the group are open again, with a code.
WITH undone AS (
    UPDATE feesvc.match_group SET state = 'reversed'
    WHERE id = %(group)s AND state = 'confirmed'
    RETURNING id
), members AS (
    UPDATE feesvc.match_member SET active = false
    FROM undone
    WHERE match_member."group" = undone.id
    RETURNING match_member.side, match_member.item, match_member.line
), pairs AS (
    UPDATE feesvc.match_pair SET state = 'reversed', active = false
    WHERE id = %(group)s AND state = 'confirmed'
    RETURNING line, capture
), released AS (
    SELECT side, item, line FROM members
    UNION ALL
    SELECT 'A', 'capture:' || capture, NULL FROM pairs
    UNION ALL
    SELECT 'B', 'line:' || line, line FROM pairs
), opened AS (
    UPDATE feesvc.line SET state = 'open', reason = %(code)s
    FROM released
    WHERE released.side = 'B' AND line.id = released.line
    RETURNING line.id, line.gross, line.currency
)
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates)
SELECT %(run)s, opened.id, %(code)s, opened.gross, opened.currency,
    ARRAY(SELECT item FROM released WHERE side = 'A' ORDER BY item)
FROM opened
ON CONFLICT (run, line) DO UPDATE SET code = excluded.code, candidates = excluded.candidates
