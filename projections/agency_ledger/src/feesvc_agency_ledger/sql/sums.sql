-- What moved on each account up to a day, from the sums of years, months and days.
SELECT currency, account, sum(debits) AS debits, sum(credits) AS credits
  FROM (
    SELECT currency, account, debits, credits FROM balance
     WHERE agency = ANY(%(agencies)s::text[]) AND span = 'Y'
       AND starts_on < date_trunc('year', %(until)s::date)::date
    UNION ALL
    SELECT currency, account, debits, credits FROM balance
     WHERE agency = ANY(%(agencies)s::text[]) AND span = 'M'
       AND starts_on >= date_trunc('year', %(until)s::date)::date
       AND starts_on < date_trunc('month', %(until)s::date)::date
    UNION ALL
    SELECT currency, account, debits, credits FROM balance
     WHERE agency = ANY(%(agencies)s::text[]) AND span = 'D'
       AND starts_on >= date_trunc('month', %(until)s::date)::date
       AND starts_on <= %(until)s::date
  ) AS spans
 WHERE %(account)s::smallint IS NULL OR account = %(account)s::smallint
 GROUP BY currency, account
