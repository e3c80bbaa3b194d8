-- What is open, by kind and currency: how many, how much is at risk, since when.
SELECT code, currency, count(*) AS cases, sum(at_risk)::bigint AS at_risk,
    min(opened_at) AS oldest,
    count(*) FILTER (
        WHERE due_on < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    ) AS overdue
FROM case_row
WHERE agency = %(agency)s AND state <> 'closed'
GROUP BY code, currency
ORDER BY code, currency
