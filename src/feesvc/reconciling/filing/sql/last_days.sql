-- The last day that accepted statements of each account tell of, and the first day after it on which
-- something happened that a settlement is still to tell of; days are those of Asia/Ho_Chi_Minh.
SELECT told.account, told.ends_on, waiting.since
  FROM (SELECT account, max(ends_on) AS ends_on FROM feesvc.statement
         WHERE agency = %(agency)s AND state = 'accepted' GROUP BY account) AS told
  CROSS JOIN LATERAL (
    SELECT (min(occurred_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS since
      FROM captures.capture c
     WHERE c.account = told.account AND c.state = 'open'
       AND c.occurred_at >= (told.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS waiting
