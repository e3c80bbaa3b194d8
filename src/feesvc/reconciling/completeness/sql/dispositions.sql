-- How each accepted line ended. An open one that a concluded run told is a break, under its code:
-- it has a case of its own, which ages on its own clock.
SELECT l.leg::text,
       CASE WHEN l.state = 'open' AND told.code IS NOT NULL THEN 'break ' || told.code
            ELSE l.state END AS state,
       l.currency, count(*) AS lines, sum(l.net) AS net
  FROM feesvc.line l
  JOIN feesvc.statement s ON s.id = l.statement
  LEFT JOIN LATERAL (
    SELECT min(b.code) AS code FROM feesvc.match_break b
     WHERE b.line = l.id AND b.concluded AND NOT b.explained) told ON true
 WHERE s.agency = %(agency)s AND s.state = 'accepted'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3
