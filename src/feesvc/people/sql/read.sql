-- What is sealed of a subject, and the record of who asked for it.
WITH noted AS (
    INSERT INTO feesvc.person_read (subject, fields, reason, actor)
    SELECT subject, %(fields)s, %(reason)s, %(actor)s
    FROM feesvc.person
    WHERE subject = %(subject)s AND erased_at IS NULL
)
SELECT person.erased_at, person.erased_reason, person_key.key_id, person_key.wrapped,
       person_detail.field, person_detail.sealed
FROM feesvc.person
LEFT JOIN feesvc.person_key USING (subject)
LEFT JOIN feesvc.person_detail
    ON person_detail.subject = person.subject AND person_detail.field = ANY (%(fields)s)
WHERE person.subject = %(subject)s
