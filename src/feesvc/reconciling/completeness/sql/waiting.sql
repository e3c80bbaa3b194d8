-- Files of the period, or of no known days, that nobody accepted or discarded yet.
SELECT f.state, f.verdict, count(*) AS files
  FROM feesvc.source_file f
 WHERE f.agency = %(agency)s AND f.state IN ('quarantined', 'held', 'previewed')
   AND (f.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= %(first)s
   AND (EXISTS (SELECT FROM feesvc.statement s
                 WHERE s.file = f.id AND s.ends_on BETWEEN %(first)s AND %(last)s)
        OR NOT EXISTS (SELECT FROM feesvc.statement s WHERE s.file = f.id)
           AND (f.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= %(last)s)
 GROUP BY f.state, f.verdict
 ORDER BY f.state, f.verdict
