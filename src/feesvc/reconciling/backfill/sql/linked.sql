-- The same key with another amount or currency: a break that is linked, and no match.
INSERT INTO break
SELECT identity, arg_min(capture.id, (abs(capture.amount - item.amount), capture.id)),
    CASE WHEN bool_or(capture.currency = item.currency) THEN 'S04' ELSE 'S05' END
FROM item
JOIN capture ON capture.transaction = item.transaction
WHERE item.transaction IS NOT NULL
GROUP BY identity;
CREATE OR REPLACE TABLE item AS
SELECT * FROM item ANTI JOIN break ON break.line = item.identity;
INSERT INTO break
SELECT identity, arg_min(capture.id, (abs(capture.amount - item.amount), capture.id)),
    CASE WHEN bool_or(capture.currency = item.currency) THEN 'S04' ELSE 'S05' END
FROM item
JOIN capture ON capture.reference = item.reference
WHERE item.reference IS NOT NULL
GROUP BY identity;
CREATE OR REPLACE TABLE item AS
SELECT * FROM item ANTI JOIN break ON break.line = item.identity;
