-- The lines of one allocation, if it is the agency's.
SELECT l.assessment, l.line, l.currency, l.amount, l.retained
  FROM allocated l JOIN allocation a ON a.id = l.allocation
 WHERE a.agency = %(agency)s AND a.id = %(id)s
   AND (%(assessment)s::uuid IS NULL OR (l.assessment, l.line) > (%(assessment)s, %(line)s))
 ORDER BY l.assessment, l.line LIMIT %(rows)s
