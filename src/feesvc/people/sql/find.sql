SELECT subject
FROM feesvc.person_index JOIN feesvc.person USING (subject)
WHERE index_name = %(index_name)s AND digest = ANY (%(digests)s)
GROUP BY subject, created_at
ORDER BY created_at, subject
