SELECT subject
FROM feesvc.person_agency
WHERE subject = %(subject)s AND agency = ANY (%(agencies)s::text[])
LIMIT 1
