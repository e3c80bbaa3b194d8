-- Confirmed groups of a bank account that nothing was booked for yet.
SELECT made.id, made.why, made.difference, made.currency,
    array_agg(mine.item) FILTER (WHERE mine.side = 'A') AS others,
    array_agg(substr(mine.item, 6)::bigint) FILTER (WHERE mine.side = 'B') AS lines
FROM feesvc.match_group AS made
JOIN feesvc.match_member AS mine ON mine."group" = made.id
WHERE made.agency = %(agency)s AND made.leg = 'B' AND made.state = 'confirmed'
GROUP BY made.id
HAVING bool_or(mine.side = 'B' AND EXISTS (
    SELECT FROM feesvc.line
    WHERE line.id = mine.line AND line.account = %(account)s AND line.state = 'matched'
))
ORDER BY made.id
