-- The value of lines that nothing explained yet, by their value date.
SELECT l.currency, l.value_on, count(*) AS lines, sum(abs(l.net)) AS value
  FROM feesvc.line l
  JOIN feesvc.statement s ON s.id = l.statement
 WHERE s.agency = %(agency)s AND s.state = 'accepted' AND l.state = 'open'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
 GROUP BY l.currency, l.value_on
 ORDER BY l.currency, l.value_on
