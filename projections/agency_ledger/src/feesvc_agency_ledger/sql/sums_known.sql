-- What moved on each account up to a day, as known at a position.
WITH last_day AS (
    SELECT booked_on, first FROM booked_day WHERE first <= %(known)s ORDER BY first DESC LIMIT 1
)
SELECT currency, account, sum(debits) AS debits, sum(credits) AS credits
  FROM (
    SELECT currency, account, debits, credits FROM known_balance
     WHERE agency = ANY(%(agencies)s::text[])
       AND booked_on < (SELECT booked_on FROM last_day) AND counted_on <= %(until)s
    UNION ALL
    SELECT currency, account, greatest(amount, 0), greatest(-amount, 0) FROM posting
     WHERE position >= (SELECT first FROM last_day) AND position <= %(known)s
       AND agency = ANY(%(agencies)s::text[]) AND counted_on <= %(until)s
  ) AS parts
 WHERE %(account)s::smallint IS NULL OR account = %(account)s::smallint
 GROUP BY currency, account
