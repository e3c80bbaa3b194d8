-- Subjects whose key is wrapped by another master key than the current one.
SELECT person.subject, person_key.key_id, person_key.wrapped
FROM feesvc.person JOIN feesvc.person_key USING (subject)
WHERE person_key.key_id <> %(key_id)s
ORDER BY person.subject
LIMIT %(limit)s
FOR UPDATE OF person
