-- What banks are still to credit or debit for an agency, newest first.
SELECT *
FROM awaited
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR (position, id) < (%(before)s, %(before_id)s::uuid))
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(key)s::text IS NULL OR %(key)s = ANY (keys))
ORDER BY position DESC, id DESC
LIMIT %(rows)s
