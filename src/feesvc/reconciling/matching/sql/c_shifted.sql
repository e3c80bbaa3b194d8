-- Payments that the run matched and that they count to another day than we do.
WITH made AS (
    SELECT line, capture
    FROM feesvc.match_pair
    WHERE id BETWEEN feesvc.pair_id(%(run)s, 0)
            AND feesvc.pair_id(%(run)s, 9223372036854775807)
      AND run = %(run)s AND state IN ('confirmed', 'posted')
    UNION ALL
    SELECT mine.line, other.capture
    FROM feesvc.match_group
    JOIN feesvc.match_member AS mine ON mine."group" = match_group.id AND mine.side = 'B'
    JOIN feesvc.match_member AS other ON other."group" = match_group.id AND other.side = 'A'
    WHERE match_group.run = %(run)s AND match_group.leg = 'S'
      AND match_group.state IN ('confirmed', 'posted')
)
SELECT line.identity, line.native_id, line.leg, line.gross, line.currency,
    statement.identity AS statement,
    (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS theirs,
    (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS ours
FROM made
JOIN feesvc.told_line AS line ON line.id = made.line
JOIN feesvc.statement ON statement.id = line.statement
JOIN captures.capture ON capture.id = made.capture
WHERE line.kind = 'payment'
  AND (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    <> (capture.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
ORDER BY line.identity
