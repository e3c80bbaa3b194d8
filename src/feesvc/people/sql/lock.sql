-- A subject and its key, held until the end of the transaction against writers and erasure.
SELECT person.erased_at, person_key.key_id, person_key.wrapped
FROM feesvc.person LEFT JOIN feesvc.person_key USING (subject)
WHERE person.subject = %(subject)s
FOR UPDATE OF person
