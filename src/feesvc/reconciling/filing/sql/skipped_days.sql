-- Days, Asia/Ho_Chi_Minh, that lie between days of which settlements of an account tell, and of which
-- none does: several payments of that day wait, and no accepted line is of it. With the last day
-- before and the first one after that a settlement tells of. One payment alone is a missing line.
SELECT told.account, waits.day, around.before, around.after
FROM (
    SELECT account, min(ends_on) AS first, max(ends_on) AS last
    FROM feesvc.statement
    WHERE agency = %(agency)s AND state = 'accepted' AND source = 'settlement'
    GROUP BY account
) AS told
CROSS JOIN LATERAL (
    SELECT (c.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day
    FROM captures.capture AS c
    WHERE c.account = told.account AND c.state = 'open' AND c.kind = 'payment'
      AND c.occurred_at >= (greatest(told.first + 1, %(since)s::date))::timestamp
          AT TIME ZONE 'Asia/Ho_Chi_Minh'
      AND c.occurred_at < told.last::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
    GROUP BY day
    HAVING count(*) > 1
) AS waits
CROSS JOIN LATERAL (
    SELECT max(s.ends_on) FILTER (WHERE s.ends_on <= waits.day) AS before,
        min(s.ends_on) FILTER (WHERE s.ends_on > waits.day) AS after
    FROM feesvc.statement AS s
    WHERE s.account = told.account AND s.state = 'accepted'
) AS around
WHERE NOT EXISTS (
    SELECT FROM feesvc.statement AS s
    JOIN feesvc.line AS l ON l.statement = s.id
        AND (l.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date = waits.day
    WHERE s.account = told.account AND s.state = 'accepted'
      AND coalesce(s.starts_on, waits.day) <= waits.day AND s.ends_on >= waits.day
)
ORDER BY told.account, waits.day
