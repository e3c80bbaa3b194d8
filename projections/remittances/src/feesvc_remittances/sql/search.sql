SELECT * FROM remittance
 WHERE agency = %(agency)s AND (%(state)s::text IS NULL OR state = %(state)s)
   AND (%(before)s::bigint IS NULL OR position < %(before)s)
 ORDER BY position DESC LIMIT %(rows)s
