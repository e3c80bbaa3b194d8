-- What may be in credit, of items that are. On 1200 what went back through the intermediary and no
-- settlement line told of yet: by refunds, and by disputes. On 1210 what the lines of a batch came
-- to below nothing, less what was paid of it; credits of the bank left out.
WITH moved AS (
    SELECT account, currency, transfer AS item, amount, rule, refund IS NOT NULL AS refunded
      FROM posting
     WHERE agency = %(agency)s AND account = %(clearing)s AND transfer = ANY(%(items)s::uuid[])
       AND counted_on <= %(until)s AND position <= %(known)s
    UNION ALL
    SELECT account, currency, batch, amount, rule, false
      FROM posting
     WHERE agency = %(agency)s AND account = %(in_transit)s AND batch = ANY(%(items)s::uuid[])
       AND counted_on <= %(until)s AND position <= %(known)s
)
SELECT account, currency, item, CASE account
           WHEN %(clearing)s THEN least(sum(amount) FILTER (WHERE refunded), 0)
               + least(sum(amount) FILTER (WHERE NOT refunded AND rule LIKE 'P13%%'), 0)
           ELSE least(sum(amount) FILTER (WHERE rule NOT SIMILAR TO '-?P09_'), 0)
       END::bigint AS amount
  FROM moved GROUP BY account, currency, item
