-- What people say lines belong to: as it stands, and whether another match has it.
SELECT other.*, EXISTS (
        SELECT FROM feesvc.match_member AS taken WHERE taken.item = other.item AND taken.active
    ) OR EXISTS (
        SELECT FROM feesvc.match_pair AS taken WHERE taken.capture = other.capture AND taken.active
    ) AS taken
FROM (
    SELECT 'capture:' || id AS item, id AS capture, agency, account, kind, amount, currency, state
    FROM captures.capture WHERE 'capture:' || id = ANY (%(items)s) AND id = ANY (%(ids)s)
    UNION ALL
    SELECT 'batch:' || id, NULL, agency, account, kind, amount - done, currency, state
    FROM captures.awaited
    WHERE 'batch:' || id = ANY (%(items)s) AND id = ANY (%(ids)s) AND kind = 'batch'
) AS other
ORDER BY other.item
