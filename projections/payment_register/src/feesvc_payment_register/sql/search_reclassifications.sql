-- What was asked to become of suspense and credit, newest first.
SELECT * FROM reclassification
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(portal)s::text IS NULL OR EXISTS (
        SELECT FROM transfer JOIN payment ON payment.id = transfer.payment
        WHERE transfer.id = reclassification.transfer AND payment.portal = %(portal)s))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(transfer)s::uuid IS NULL OR transfer = %(transfer)s)
ORDER BY position DESC
LIMIT %(rows)s
