-- What is banked and waits, a page in the order of the assessments.
SELECT assessment, line, banked_on, kind, currency, amount
  FROM waiting
 WHERE agency = %(agency)s AND (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(until)s::date IS NULL OR banked_on <= %(until)s)
   AND (%(assessment)s::uuid IS NULL
        OR (assessment, line, banked_on) > (%(assessment)s, %(line)s, %(day)s))
 ORDER BY assessment, line, banked_on LIMIT %(rows)s
