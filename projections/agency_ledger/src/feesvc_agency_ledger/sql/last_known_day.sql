SELECT max(counted_on) AS day FROM known_balance
 WHERE agency = ANY(%(agencies)s::text[])
   AND booked_on <= (SELECT max(booked_on) FROM booked_day WHERE first <= %(known)s)
