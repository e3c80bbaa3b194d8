-- What settlement lines of an agency may match, newest first.
SELECT *
FROM capture
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR (position, id) < (%(before)s, %(before_id)s::uuid))
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(account)s::uuid IS NULL OR account = %(account)s)
  AND (%(key)s::text IS NULL OR %(key)s IN (transaction, reference, original))
ORDER BY position DESC, id DESC
LIMIT %(rows)s
