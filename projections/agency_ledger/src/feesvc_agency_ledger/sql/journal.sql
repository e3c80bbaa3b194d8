-- A page of each book by its own index, and of those the first: as fast in a large book as in a
-- small one. There is one lower bound only, or the index would be read from the book's beginning.
-- Where a currency comes after the cursor's, the cursor's own position counts as well.
WITH book AS (
    SELECT DISTINCT agency, currency FROM balance
     WHERE agency = ANY(%(agencies)s::text[]) AND span = 'Y'
       AND (%(currency)s::text IS NULL OR currency = %(currency)s::text)
), entry AS (
    SELECT book.agency, book.currency, found.counted_on, found.position
      FROM book CROSS JOIN LATERAL (
        SELECT DISTINCT p.counted_on, p.position FROM posting p
         WHERE p.agency = book.agency AND p.currency = book.currency
           AND (p.counted_on, p.position)
               > (%(day)s::date, %(position)s::bigint - (book.currency > %(after)s::text)::int)
           AND p.counted_on <= %(until)s AND p.position <= %(known)s
         ORDER BY p.counted_on, p.position LIMIT %(limit)s
      ) AS found
     ORDER BY found.counted_on, found.position, book.currency LIMIT %(limit)s
)
SELECT p.* FROM entry JOIN posting p USING (position, currency)
 ORDER BY p.counted_on, p.position, p.currency, p.number
