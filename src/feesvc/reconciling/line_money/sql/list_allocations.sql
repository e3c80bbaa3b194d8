SELECT id, position, until, made_at, maker, totals
  FROM allocation
 WHERE agency = %(agency)s AND (%(before)s::bigint IS NULL OR position < %(before)s)
 ORDER BY position DESC LIMIT %(rows)s
