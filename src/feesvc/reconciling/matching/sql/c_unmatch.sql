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
    INSERT INTO feesvc.unmatched_line (line, account, leg, state, reason)
    SELECT told.id, told.account, told.leg, 'open', %(code)s
    FROM released
    JOIN feesvc.told_line AS told ON told.id = released.line AND told.state = 'stands'
    WHERE released.side = 'B'
    ON CONFLICT (line) DO UPDATE SET state = 'open', reason = excluded.reason
    RETURNING line
)
INSERT INTO feesvc.match_break (run, line, code, amount, currency, candidates)
SELECT %(run)s, told.id, %(code)s, told.gross, told.currency,
    ARRAY(SELECT item FROM released WHERE side = 'A' ORDER BY item)
FROM opened
JOIN feesvc.told_line AS told ON told.id = opened.line
ON CONFLICT (run, line) DO UPDATE SET code = excluded.code, candidates = excluded.candidates
