-- Payments of an agency by whatever is asked; what is not asked is NULL and falls out of the plan.
SELECT * FROM payment
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(portal)s::text IS NULL OR portal = %(portal)s)
  AND (%(reference)s::text IS NULL OR reference = %(reference)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(intermediary)s::text IS NULL OR intermediary = %(intermediary)s)
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR amount >= %(least)s)
  AND (%(most)s::bigint IS NULL OR amount <= %(most)s)
  AND (%(since)s::timestamptz IS NULL OR initiated_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR initiated_at < %(until)s)
  AND (%(beginning)s::text IS NULL OR upper(dossier) LIKE %(beginning)s)
  AND (%(part)s::text IS NULL OR upper(dossier) = ANY(ARRAY(
        SELECT upper(known.dossier) FROM dossier AS known
        WHERE known.agency = %(agency)s AND grams(upper(known.dossier)) @> grams(%(part)s)
          AND upper(known.dossier) LIKE %(part_pattern)s)))
  AND (%(transaction)s::text IS NULL OR id = ANY(ARRAY(
        SELECT transfer.payment FROM transfer
        WHERE transfer.transaction = %(transaction)s AND transfer.agency = %(agency)s)))
  AND (%(assessment)s::uuid IS NULL OR id = ANY(ARRAY(
        SELECT asked.payment FROM asked WHERE asked.assessment = %(assessment)s)))
  AND (%(subjects)s::uuid[] IS NULL OR id = ANY(ARRAY(
        SELECT asked.payment FROM asked JOIN assessment ON assessment.id = asked.assessment
        WHERE assessment.subject = ANY(%(subjects)s))))
ORDER BY position DESC
LIMIT %(rows)s
