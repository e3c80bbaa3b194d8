-- The value of lines that nothing explained yet, by their value date. What a bank credited and a run
-- told to people is booked, in suspense, where its own case ages until it is placed.
SELECT l.currency, l.value_on, count(*) AS lines, sum(abs(l.net)) AS value
  FROM feesvc.line l
  JOIN feesvc.statement s ON s.id = l.statement
 WHERE s.agency = %(agency)s AND s.state = 'accepted' AND l.state = 'open'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
   AND NOT (l.leg = 'B' AND l.net > 0
            AND EXISTS (SELECT FROM feesvc.match_break b WHERE b.line = l.id AND b.concluded))
 GROUP BY l.currency, l.value_on
 ORDER BY l.currency, l.value_on
