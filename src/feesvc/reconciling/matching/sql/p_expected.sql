-- What the bank was to credit or debit, less what lines of the period are matched with it for, and
-- what was done around those days, told a second time perhaps.
SELECT *
FROM (
    SELECT told.id, told.account, told.kind, told.keys, told.amount, told.currency, told.on_day,
        CASE
            WHEN freed.amount IS NULL THEN told.done
            WHEN sign(told.done - freed.amount) = -sign(told.amount) THEN 0
            ELSE told.done - freed.amount
        END AS done,
        CASE WHEN freed.amount IS NULL THEN told.state ELSE 'open' END AS state
    FROM captures.awaited AS told
    LEFT JOIN (
        SELECT item, sum(amount)::bigint AS amount FROM stood WHERE side = 'A' GROUP BY item
    ) AS freed
        ON freed.item = CASE told.kind WHEN 'batch' THEN 'batch:' ELSE 'order:' END || told.id
    WHERE told.agency = %(agency)s
      AND (told.kind = 'batch'
           OR told.account IN (%(account)s, '00000000-0000-0000-0000-000000000000'))
) AS awaited
WHERE state = 'open'
   OR state = 'done' AND on_day BETWEEN %(first)s::date - 100 AND %(last)s::date + 100
