-- Lines of a file become open; what stands already, accepted from another file, is repeated. Where
-- the bank's name of a line was another line's before, it is named by its identity from now on.
UPDATE feesvc.line AS l
SET state = CASE WHEN stands.id IS NULL THEN 'open' ELSE 'repeated' END,
    reason = coalesce('line:' || stands.id, ''),
    shared = n.leg <> 'S' AND n.native_id <> '' AND EXISTS (
        SELECT FROM feesvc.line AS twin
        LEFT JOIN feesvc.statement AS beside ON beside.id = twin.statement AND beside.file = %(id)s
        WHERE twin.account = n.account AND twin.leg IN ('B', 'T') AND twin.native_id <> ''
          AND twin.native_id = n.native_id AND twin.identity <> n.identity
          AND (twin.state NOT IN ('read', 'repeated') OR beside.id IS NOT NULL AND twin.id < n.id)
    )
FROM feesvc.line AS n
JOIN feesvc.statement AS s ON s.id = n.statement AND s.file = %(id)s
LEFT JOIN feesvc.line AS stands
    ON stands.account = n.account AND stands.leg = n.leg AND stands.identity = n.identity
    AND stands.state NOT IN ('read', 'repeated', 'superseded') AND stands.id <> n.id
WHERE l.id = n.id AND l.state = 'read'
