INSERT INTO feesvc.person_agency (subject, agency)
SELECT subject, agency
FROM feesvc.person CROSS JOIN unnest(%(agencies)s::text[]) AS given (agency)
WHERE subject = %(subject)s
ON CONFLICT DO NOTHING
