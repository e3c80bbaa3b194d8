-- What may be split next: whole assessments, in the order of their ids, after the last one told.
SELECT w.assessment, w.line, sum(w.amount)::bigint AS amount
  FROM waiting w
 WHERE w.kind IN ('fee', 'charge') AND w.banked_on <= %(until)s AND w.agency = %(agency)s
   AND w.assessment IN (
       SELECT DISTINCT assessment FROM waiting
        WHERE agency = %(agency)s AND kind IN ('fee', 'charge') AND banked_on <= %(until)s
          AND assessment > %(after)s
        ORDER BY assessment LIMIT %(most)s)
 GROUP BY w.assessment, w.line
 ORDER BY w.assessment, w.line
