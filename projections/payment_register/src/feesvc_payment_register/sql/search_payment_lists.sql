SELECT * FROM payment_list
WHERE agency = %(agency)s AND %(portal)s::text IS NULL AND (%(before)s::bigint IS NULL OR position < %(before)s)
ORDER BY position DESC
LIMIT %(rows)s
