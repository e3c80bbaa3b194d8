SELECT account, max(ends_on) AS ends_on FROM feesvc.statement
WHERE agency = %(agency)s AND state = 'accepted' GROUP BY account
