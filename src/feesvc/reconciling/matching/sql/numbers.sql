-- Every line that the account's accepted statements brought, by disposition: counts and sums.
SELECT CASE
        WHEN line.state = 'open' AND line.reason = '' THEN 'open'
        WHEN line.state = 'open' THEN 'break'
        WHEN line.state = 'placed' AND line.reason NOT IN ('of_batch', 'to_batch') THEN 'break'
        WHEN line.state = 'placed' THEN 'of_batch'
        ELSE line.state
    END AS disposition,
    line.currency, count(*) AS lines,
    coalesce(sum(line.net) FILTER (WHERE line.kind <> 'payout'), 0)::bigint AS net
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE line.account = %(account)s
  AND (line.leg = %(leg)s OR %(leg)s = 'B' AND line.leg = 'T') AND statement.ends_on <= %(as_of)s
  AND statement.state = 'accepted' AND line.state NOT IN ('read', 'superseded')
GROUP BY 1, 2
ORDER BY 1, 2
