-- Lines of a file become open; what stands already, accepted from another file, is repeated. Where
-- the bank's name of a line was another line's of its sign before, it is named by its identity from
-- now on. A line that a statement tells with other words is named, and booked, as it was.
WITH accepted AS (
    UPDATE feesvc.told_line AS l
    SET state = CASE WHEN stands.id IS NULL THEN 'stands' ELSE 'repeated' END,
        reason = coalesce('line:' || stands.id, ''),
        shared = coalesce(stands.shared, was.shared, n.leg <> 'S' AND n.native_id <> '' AND EXISTS (
            SELECT FROM feesvc.told_line AS twin
            LEFT JOIN feesvc.statement AS beside
                ON beside.id = twin.statement AND beside.file = %(id)s
            WHERE twin.account = n.account AND twin.leg IN ('B', 'T') AND twin.native_id <> ''
              AND twin.native_id = n.native_id AND twin.identity <> n.identity
              AND (twin.net > 0) = (n.net > 0)
              AND (twin.state NOT IN ('read', 'repeated')
                   OR beside.id IS NOT NULL AND twin.id < n.id)
        ))
    FROM feesvc.told_line AS n
    JOIN feesvc.statement AS s ON s.id = n.statement AND s.file = %(id)s
    LEFT JOIN feesvc.told_line AS stands
        ON stands.account = n.account AND stands.leg = n.leg AND stands.identity = n.identity
        AND stands.state = 'stands' AND stands.id <> n.id
    LEFT JOIN (
        SELECT before.superseded_by, told.identity, told.shared, told.reason
        FROM feesvc.statement AS before
        JOIN feesvc.told_line AS told ON told.statement = before.id AND told.number >= 0
        WHERE before.account = (SELECT account FROM feesvc.source_file WHERE id = %(id)s)
          AND before.superseded_by IN (SELECT id FROM feesvc.statement WHERE file = %(id)s)
          AND told.leg <> 'S'
    ) AS was ON was.superseded_by = s.id AND was.identity = n.identity
    WHERE l.id = n.id AND l.state = 'read'
    RETURNING l.id, l.account, l.leg, l.state, was.reason AS was
)
INSERT INTO feesvc.unmatched_line (line, account, leg, state, reason)
SELECT id, account, leg,
    CASE WHEN was LIKE 'placed:%%' THEN 'placed' ELSE 'open' END,
    CASE WHEN was LIKE 'placed:%%' THEN substr(was, length('placed:') + 1) ELSE '' END
FROM accepted
WHERE state = 'stands'
