-- The last days of which accepted statements of each account tell, newest first.
SELECT account, (array_agg(ends_on ORDER BY ends_on DESC))[1:60] AS days
FROM (
    SELECT DISTINCT account, ends_on FROM feesvc.statement
    WHERE agency = %(agency)s AND state = 'accepted'
) AS told
GROUP BY account
ORDER BY account
