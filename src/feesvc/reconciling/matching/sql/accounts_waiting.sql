SELECT DISTINCT unmatched.account
FROM feesvc.unmatched_line AS unmatched
JOIN feesvc.told_line AS line ON line.id = unmatched.line
WHERE line.agency = %(agency)s AND unmatched.leg IN ('B', 'T') AND unmatched.state = 'open'
ORDER BY unmatched.account
