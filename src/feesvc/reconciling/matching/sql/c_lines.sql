-- Settlement lines that are to be booked now: matched ones with what they were matched with, money
-- that nobody knew of, reserves, and lines of the batch itself. A native id told twice names no line.
WITH due AS MATERIALIZED (
    SELECT line, id AS group_id, capture
    FROM feesvc.match_pair
    WHERE agency = %(agency)s AND state = 'confirmed' AND "group" IS NULL
    UNION ALL
    SELECT mine.line, made.id, other.capture
    FROM feesvc.match_group AS made
    JOIN feesvc.match_member AS mine ON mine."group" = made.id AND mine.side = 'B'
    LEFT JOIN feesvc.match_member AS other ON other."group" = made.id AND other.side = 'A'
    WHERE made.agency = %(agency)s AND made.state = 'confirmed' AND made.leg = 'S'
    UNION ALL
    SELECT line, NULL, NULL
    FROM feesvc.unmatched_line
    WHERE account = %(account)s AND leg = 'S' AND reason = 'to_batch'
    UNION ALL
    SELECT unmatched.line, NULL, NULL
    FROM feesvc.match_break AS told
    JOIN feesvc.unmatched_line AS unmatched ON unmatched.line = told.line
    WHERE told.run = %(run)s AND unmatched.account = %(account)s AND unmatched.leg = 'S'
      AND unmatched.state = 'open' AND unmatched.reason IN ('S03', 'S16')
)
SELECT line.*, statement.identity AS batch_identity, statement.ends_on, due.group_id,
    capture.transfer, capture.refund,
    CASE WHEN capture.kind LIKE 'dispute%%' THEN capture.transaction END AS dispute,
    twin.native_id IS NULL AND line.native_id <> '' AS proved
FROM due
JOIN feesvc.line ON line.id = due.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN (
    SELECT statement, native_id FROM feesvc.told_line
    WHERE statement IN (
        SELECT told.statement FROM due JOIN feesvc.told_line AS told ON told.id = due.line
    )
    GROUP BY statement, native_id
    HAVING count(*) > 1
) AS twin ON twin.statement = line.statement AND twin.native_id = line.native_id
LEFT JOIN captures.capture ON capture.id = due.capture
WHERE line.account = %(account)s AND line.leg = 'S' AND statement.state = 'accepted'
ORDER BY statement.ends_on, statement.identity, line.number
