-- What people say lines belong to: as it stands, and whether another match has it.
SELECT other.*, EXISTS (
        SELECT FROM feesvc.match_member AS taken WHERE taken.item = other.item AND taken.active
    ) AS taken
FROM (
    SELECT 'capture:' || id AS item, agency, account, kind, amount, currency, state
    FROM captures.capture WHERE 'capture:' || id = ANY (%(items)s) AND id = ANY (%(ids)s)
    UNION ALL
    SELECT 'batch:' || id, agency, account, kind, amount - done, currency, state
    FROM captures.awaited
    WHERE 'batch:' || id = ANY (%(items)s) AND id = ANY (%(ids)s) AND kind = 'batch'
) AS other
ORDER BY other.item
