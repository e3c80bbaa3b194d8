-- What no pass could explain, by its kind; lines of the batch itself are booked with the batch.
INSERT INTO break
SELECT item.line, item.identity, item.gross, item.currency, %(unknown)s::jsonb ->> item.kind, '{}'
FROM item
WHERE %(unknown)s::jsonb ? item.kind
