-- Of each book and account by its own index. One item may be open in several books at once, so the
-- cursor's own item is read again and left out at the end.
WITH book AS (
    SELECT DISTINCT agency, currency FROM balance
     WHERE agency = ANY(%(agencies)s::text[]) AND span = 'Y'
       AND (%(currency)s::text IS NULL OR currency = %(currency)s::text)
), page AS (
    SELECT found.*
      FROM book
     CROSS JOIN unnest(%(accounts)s::smallint[]) AS kept (account)
     CROSS JOIN LATERAL (
        SELECT o.* FROM open_item o
         WHERE o.agency = book.agency AND o.currency = book.currency AND o.account = kept.account
           AND (kept.account > %(at_account)s::smallint
                OR (o.since, o.item) >= (%(at_since)s::date, %(at_item)s::uuid))
         ORDER BY o.since, o.item LIMIT %(limit)s + 1
     ) AS found
     WHERE kept.account >= %(at_account)s::smallint
       AND (found.account, found.since, found.item, found.agency, found.currency)
           > (%(at_account)s::smallint, %(at_since)s::date, %(at_item)s::uuid, %(at_agency)s::text,
              %(at_currency)s::text)
     ORDER BY found.account, found.since, found.item, found.agency, found.currency LIMIT %(limit)s
)
SELECT page.*, fee.dossier, fee.notice
  FROM page LEFT JOIN LATERAL (
    SELECT dossier, notice FROM fee_line WHERE assessment = page.item LIMIT 1) AS fee ON true
 ORDER BY page.account, page.since, page.item, page.agency, page.currency
