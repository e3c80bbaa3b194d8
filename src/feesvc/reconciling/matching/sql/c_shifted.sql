-- Payments that the run matched and that they count to another day than we do.
SELECT line.identity, line.native_id, line.leg, line.gross, line.currency,
    statement.identity AS statement,
    (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS theirs,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS ours
FROM feesvc.every_group AS made
JOIN feesvc.every_member AS mine ON mine."group" = made.id AND mine.side = 'B'
JOIN feesvc.every_member AS other ON other."group" = made.id AND other.side = 'A'
JOIN feesvc.line ON line.id = mine.line
JOIN feesvc.statement ON statement.id = line.statement
JOIN captures.capture ON capture.id = other.capture
WHERE made.run = %(run)s AND made.leg = 'S' AND made.state IN ('confirmed', 'posted')
  AND line.kind = 'payment'
  AND (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    <> (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
ORDER BY line.identity
