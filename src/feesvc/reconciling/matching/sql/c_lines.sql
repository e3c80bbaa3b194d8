-- Settlement lines that are to be booked now: matched ones with what they were matched with, money
-- that nobody knew of, reserves, and lines of the batch itself. A native id told twice names no line.
SELECT line.*, statement.identity AS batch_identity, statement.ends_on, coalesce(made.id, mine.id) AS group_id,
    capture.transfer, capture.refund,
    CASE WHEN capture.kind LIKE 'dispute%%' THEN capture.transaction END AS dispute,
    twin.native_id IS NULL AND line.native_id <> '' AS proved
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN (
    SELECT statement, native_id FROM feesvc.line
    WHERE account = %(account)s AND leg = 'S'
    GROUP BY statement, native_id
    HAVING count(*) > 1
) AS twin ON twin.statement = line.statement AND twin.native_id = line.native_id
LEFT JOIN feesvc.match_pair AS mine ON mine.line = line.id AND mine.active
LEFT JOIN feesvc.match_group AS made ON made.id = mine."group"
LEFT JOIN feesvc.match_member AS other ON other."group" = made.id AND other.side = 'A'
LEFT JOIN captures.capture ON capture.id = coalesce(mine.capture, other.capture)
WHERE line.account = %(account)s AND line.leg = 'S' AND statement.state = 'accepted'
  AND (line.state = 'matched' AND coalesce(made.state, mine.state) = 'confirmed'
       OR line.state = 'placed' AND line.reason = 'to_batch'
       OR line.state = 'open' AND line.reason IN ('S03', 'S16')
          AND EXISTS (SELECT FROM feesvc.match_break AS told
                      WHERE told.run = %(run)s AND told.line = line.id))
ORDER BY statement.ends_on, statement.identity, line.number
