SELECT l.leg::text, l.state, l.currency, count(*) AS lines, sum(l.net) AS net
  FROM feesvc.line l JOIN feesvc.statement s ON s.id = l.statement
 WHERE s.agency = %(agency)s AND s.state = 'accepted'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
 GROUP BY l.leg, l.state, l.currency
 ORDER BY l.leg, l.state, l.currency
