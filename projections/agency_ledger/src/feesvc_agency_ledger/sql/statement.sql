-- As journal.sql: of each book by its index, from one lower bound.
SELECT found.*
  FROM unnest(%(agencies)s::text[]) AS book (agency) CROSS JOIN LATERAL (
    SELECT p.* FROM posting p
     WHERE p.agency = book.agency AND p.currency = %(currency)s AND p.account = %(account)s
       AND (p.counted_on, p.position, p.number)
           > (%(day)s::date, %(position)s::bigint, %(number)s::smallint)
       AND p.counted_on <= %(until)s AND p.position <= %(known)s
     ORDER BY p.counted_on, p.position, p.number LIMIT %(limit)s
  ) AS found
 ORDER BY found.counted_on, found.position, found.number LIMIT %(limit)s
