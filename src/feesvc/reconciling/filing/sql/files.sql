-- Files of an agency, newest first, from after the last one of the page before.
SELECT f.*
FROM feesvc.source_file AS f
LEFT JOIN feesvc.source_file AS last ON last.id = %(before)s::uuid AND last.agency = f.agency
WHERE f.agency = %(agency)s
    AND (%(account)s::uuid IS NULL OR f.account = %(account)s::uuid)
    AND (%(state)s::text IS NULL OR f.state = %(state)s::text)
    AND (
        %(before)s::uuid IS NULL
        OR (f.received_at, f.id) < (last.received_at, last.id)
    )
ORDER BY f.received_at DESC, f.id DESC
LIMIT %(limit)s
