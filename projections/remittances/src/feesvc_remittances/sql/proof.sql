-- By budget codes: what is owed (2400), on its way (2410), paid and not confirmed.
SELECT currency, codes, sum(budget)::bigint AS budget, sum(remitted)::bigint AS remitted,
       sum(debited)::bigint AS debited, sum(confirmed)::bigint AS confirmed,
       sum(budget - remitted)::bigint AS owed, sum(remitted - debited)::bigint AS in_flight,
       sum(debited - confirmed)::bigint AS unconfirmed
  FROM movement
 WHERE agency = %(agency)s AND day <= %(last)s AND position <= %(known)s
   AND (%(currency)s::text IS NULL OR currency = %(currency)s)
 GROUP BY currency, codes
HAVING sum(abs(budget) + abs(remitted) + abs(debited) + abs(confirmed)) <> 0
 ORDER BY currency, codes::text
