-- The same joins, their pairs kept as a record must be: in a table that outlives the connection, with
-- no line and no capture in it twice. Whoever comes second for one finds it taken.
CREATE TABLE recorded_pair (line bigint NOT NULL UNIQUE, capture uuid NOT NULL UNIQUE);
INSERT INTO recorded_pair
SELECT line.id, capture.id
FROM feesvc.told_line AS line
JOIN captures.capture ON capture.account = line.account
    AND capture.transaction = line.transaction AND capture.amount = line.gross
    AND capture.currency = line.currency
WHERE line.state = 'stands'
UNION ALL
SELECT line.id, capture.id
FROM feesvc.told_line AS line
JOIN captures.capture ON capture.account = line.account AND capture.reference = line.reference
    AND capture.amount = line.gross AND capture.currency = line.currency
WHERE line.state = 'stands' AND line.reference <> ''
