-- Settlement lines that are to be booked now: matched ones with what they were matched with, money
-- that nobody knew of, and lines of the batch itself.
SELECT line.*, statement.identity AS batch_identity, statement.ends_on, made.id AS group_id,
    capture.transfer, capture.refund
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
LEFT JOIN feesvc.match_member AS mine ON mine.item = 'line:' || line.id AND mine.active
LEFT JOIN feesvc.match_group AS made ON made.id = mine."group" AND made.state = 'confirmed'
LEFT JOIN feesvc.match_member AS other ON other."group" = made.id AND other.side = 'A'
LEFT JOIN captures.capture ON other.item = 'capture:' || capture.id
WHERE line.account = %(account)s AND line.leg = 'S' AND statement.state = 'accepted'
  AND (made.id IS NOT NULL
       OR line.state = 'placed' AND line.reason = 'to_batch'
       OR line.state = 'open' AND line.reason = 'S03'
          AND EXISTS (SELECT FROM feesvc.match_break AS told
                      WHERE told.run = %(run)s AND told.line = line.id))
ORDER BY statement.ends_on, statement.identity, line.number
