-- What the accepted statements of the period declare, and what was read of them.
SELECT s.source, s.currency, count(*) AS statements, sum(s.count) AS declared,
       sum(s.net) AS stated, coalesce(sum(l.lines), 0) AS lines, coalesce(sum(l.net), 0) AS net
  FROM feesvc.statement s
  LEFT JOIN LATERAL (
    SELECT count(*) AS lines, sum(net) AS net FROM feesvc.line WHERE statement = s.id) l ON true
 WHERE s.agency = %(agency)s AND s.state = 'accepted'
   AND s.ends_on BETWEEN %(first)s AND %(last)s
 GROUP BY s.source, s.currency
 ORDER BY s.source, s.currency
