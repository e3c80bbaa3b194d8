-- The value of lines by their value date and by the day of the run that explained them.
SELECT l.currency, l.value_on, run.as_of, sum(abs(l.net)) AS value
  FROM feesvc.line l
  JOIN feesvc.statement s ON s.id = l.statement
  LEFT JOIN feesvc.match_pair m ON m.line = l.id AND m.active
  LEFT JOIN feesvc.match_group g ON g.id = m."group" AND g.state IN ('confirmed', 'posted')
  LEFT JOIN feesvc.match_run run ON run.id = coalesce(m.run, g.run)
 WHERE s.agency = %(agency)s AND s.state = 'accepted'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
 GROUP BY l.currency, l.value_on, run.as_of
 ORDER BY l.currency, l.value_on, run.as_of
