SELECT DISTINCT account FROM feesvc.line
WHERE agency = %(agency)s AND leg IN ('B', 'T') AND state = 'open'
ORDER BY account
