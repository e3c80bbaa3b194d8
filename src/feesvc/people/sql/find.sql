SELECT subject
FROM feesvc.person_index JOIN feesvc.person USING (subject)
WHERE index_name = %(index_name)s AND digest = ANY (%(digests)s)
  AND (%(agency)s::text IS NULL OR EXISTS (
        SELECT FROM feesvc.person_agency
        WHERE person_agency.subject = person.subject AND agency = %(agency)s))
GROUP BY subject, created_at
ORDER BY created_at, subject
