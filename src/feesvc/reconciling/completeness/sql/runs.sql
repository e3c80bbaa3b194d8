-- Of every account with lines in the period: the last concluded run that looked at all of them.
SELECT wanted.account, wanted.leg::text, run.id, run.as_of, run.rules, run.result
  FROM (SELECT l.account, l.leg, max(l.value_on) AS last
          FROM feesvc.line l JOIN feesvc.statement s ON s.id = l.statement
         WHERE s.agency = %(agency)s AND s.state = 'accepted'
           AND s.ends_on BETWEEN %(first)s AND %(last)s
         GROUP BY l.account, l.leg) wanted
  LEFT JOIN LATERAL (
    SELECT r.* FROM feesvc.match_run r
     WHERE r.account = wanted.account AND r.leg = wanted.leg AND r.state = 'concluded'
       AND r.as_of >= wanted.last
     ORDER BY r.started_at DESC, r.id LIMIT 1) run ON true
 ORDER BY wanted.account, wanted.leg
