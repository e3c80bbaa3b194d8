SELECT * FROM payment
WHERE id = %(id)s AND agency = %(agency)s AND (%(portal)s::text IS NULL OR portal = %(portal)s)
