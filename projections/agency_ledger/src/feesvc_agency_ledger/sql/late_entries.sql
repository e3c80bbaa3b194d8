-- As journal.sql, by the day it happened: entries whose day was closed when they were recorded.
WITH entry AS (
    SELECT DISTINCT p.effective_on, p.position, p.currency FROM posting p
     WHERE p.agency = ANY(%(agencies)s::text[]) AND p.counted_on <> p.effective_on
       AND (%(currency)s::text IS NULL OR p.currency = %(currency)s::text)
       AND (p.effective_on, p.position, p.currency)
           > (%(day)s::date, %(position)s::bigint, %(after)s::text)
       AND p.effective_on <= %(until)s AND p.position <= %(known)s
     ORDER BY p.effective_on, p.position, p.currency LIMIT %(limit)s
)
SELECT p.* FROM entry JOIN posting p USING (position, currency)
 ORDER BY p.effective_on, p.position, p.currency, p.number
