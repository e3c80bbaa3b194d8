-- Assessments of an agency by whatever is asked; what is not asked is NULL.
SELECT * FROM assessment
WHERE agency = %(agency)s
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
  AND (%(portal)s::text IS NULL OR portal = %(portal)s)
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(currency)s::text IS NULL OR currency = %(currency)s)
  AND (%(least)s::bigint IS NULL OR total >= %(least)s)
  AND (%(most)s::bigint IS NULL OR total <= %(most)s)
  AND (%(since)s::timestamptz IS NULL OR raised_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR raised_at < %(until)s)
  AND (%(beginning)s::text IS NULL OR upper(dossier) LIKE %(beginning)s)
  AND (%(part)s::text IS NULL OR upper(dossier) = ANY(ARRAY(
        SELECT upper(known.dossier) FROM dossier AS known
        WHERE known.agency = %(agency)s AND grams(upper(known.dossier)) @> grams(%(part)s)
          AND upper(known.dossier) LIKE %(part_pattern)s)))
  AND (%(subjects)s::uuid[] IS NULL OR subject = ANY(%(subjects)s))
ORDER BY position DESC
LIMIT %(rows)s
