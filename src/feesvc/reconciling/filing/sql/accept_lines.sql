-- Lines of a file become open; what stands already, accepted from another file, is repeated.
UPDATE feesvc.line AS l
SET state = CASE WHEN stands.id IS NULL THEN 'open' ELSE 'repeated' END,
    reason = coalesce('line:' || stands.id, '')
FROM feesvc.line AS n
JOIN feesvc.statement AS s ON s.id = n.statement AND s.file = %(id)s
LEFT JOIN feesvc.line AS stands
    ON stands.account = n.account AND stands.leg = n.leg AND stands.identity = n.identity
    AND stands.state NOT IN ('read', 'repeated', 'superseded') AND stands.id <> n.id
WHERE l.id = n.id AND l.state = 'read'
