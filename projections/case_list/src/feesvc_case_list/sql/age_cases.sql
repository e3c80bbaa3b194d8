-- What is open, by kind, age and currency: how many, how much is at risk, how many overdue.
SELECT code, currency,
    5 - width_bucket(
        (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
        CASE WHEN code = ANY (%(in_business_days)s) THEN %(business)s::date[]
             ELSE %(calendar)s::date[] END
    ) AS bucket,
    count(*) AS cases, sum(at_risk)::bigint AS at_risk,
    count(*) FILTER (WHERE due_on < %(day)s::date) AS overdue
FROM case_row
WHERE agency = %(agency)s AND state <> 'closed'
  AND (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= %(day)s::date
  AND (%(leg)s::text IS NULL OR starts_with(code, %(leg)s))
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
