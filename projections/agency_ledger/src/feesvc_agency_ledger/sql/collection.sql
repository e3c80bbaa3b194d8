-- What each fee item was assessed, released from, brought in and gave back, as known at a position.
WITH last_day AS (
    SELECT booked_on, first FROM booked_day WHERE first <= %(known)s ORDER BY first DESC LIMIT 1
), moved AS (
    SELECT agency, currency, account, item, counted_on, debits, credits FROM known_balance
     WHERE booked_on < (SELECT booked_on FROM last_day) AND agency = ANY(%(agencies)s::text[])
       AND item <> ''
    UNION ALL
    SELECT agency, currency, account, item, counted_on, greatest(amount, 0), greatest(-amount, 0)
      FROM posting
     WHERE position >= (SELECT first FROM last_day) AND position <= %(known)s
       AND agency = ANY(%(agencies)s::text[]) AND item <> ''
)
SELECT m.agency, m.currency, m.item, f.kind, f.name_vi, f.name_en,
       coalesce(sum(debits) FILTER (WHERE account = 1100 AND counted_on >= %(first)s), 0)
           AS assessed,
       coalesce(sum(credits) FILTER (WHERE account = 1100 AND counted_on >= %(first)s), 0)
         - coalesce(sum(credits) FILTER (WHERE account <> 1100 AND counted_on >= %(first)s), 0)
           AS released,
       coalesce(sum(credits) FILTER (WHERE account <> 1100 AND counted_on >= %(first)s), 0)
           AS collected,
       coalesce(sum(debits) FILTER (WHERE account <> 1100 AND counted_on >= %(first)s), 0)
           AS returned,
       coalesce(sum(debits - credits) FILTER (WHERE account = 1100), 0) AS open
  FROM moved m JOIN fee_item f USING (agency, item)
 WHERE counted_on <= %(until)s
   AND (%(currency)s::text IS NULL OR m.currency = %(currency)s::text)
 GROUP BY m.agency, m.currency, m.item, f.kind, f.name_vi, f.name_en
 ORDER BY m.agency, m.currency, m.item
