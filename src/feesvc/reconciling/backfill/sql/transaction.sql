-- Pass transaction: the same key, amount and currency; one capture for the line and one line for it.
-- One full join of everything gives the pairs and what is left over. Where a key agrees once, its
-- pair is certain; who meets several times is told apart by a hash of the key, and looked at alone.
CREATE TABLE met AS
SELECT item.identity AS line, capture.id AS capture, item.rowid AS item_row,
    capture.rowid AS capture_row,
    CASE
        WHEN item.amount = capture.amount AND item.currency = capture.currency
        THEN hash(item.transaction)
    END AS agreed
FROM every_capture AS capture
FULL JOIN every_item AS item ON item.transaction = capture.transaction;
CREATE TABLE several AS
SELECT agreed FROM met WHERE agreed IS NOT NULL GROUP BY agreed HAVING count(*) > 1;
INSERT INTO pair
SELECT line, capture, 'transaction' FROM met ANTI JOIN several USING (agreed)
WHERE agreed IS NOT NULL;
CREATE TABLE candidate AS
SELECT met.line, met.capture, item.day, item.batch, met.capture_row
FROM met
SEMI JOIN several USING (agreed)
JOIN every_item AS item ON item.rowid = met.item_row;
CREATE TABLE several_captures AS
SELECT line FROM candidate GROUP BY line HAVING count(*) > 1;
CREATE TABLE several_lines AS
SELECT capture FROM candidate GROUP BY capture HAVING count(*) > 1;
INSERT INTO pair
SELECT line, capture, 'transaction' FROM candidate
ANTI JOIN several_captures USING (line)
ANTI JOIN several_lines USING (capture);
CREATE TABLE twin AS
SELECT line, capture, batch, row_number() OVER told AS place, first_value(batch) OVER told AS first
FROM candidate
SEMI JOIN several_lines USING (capture)
ANTI JOIN several_captures USING (line)
WINDOW told AS (PARTITION BY capture ORDER BY day, batch, line);
INSERT INTO pair SELECT line, capture, 'transaction' FROM twin WHERE place = 1;
INSERT INTO break
SELECT line, capture, CASE WHEN batch = first THEN 'S07' ELSE 'S08' END FROM twin WHERE place > 1;
INSERT INTO break
SELECT line, min(capture), 'S20' FROM candidate
SEMI JOIN several_captures USING (line)
GROUP BY line;
CREATE TABLE item AS
SELECT identity, transaction, key(reference) AS reference, amount, currency, day, batch
FROM every_item
SEMI JOIN (SELECT item_row FROM met WHERE agreed IS NULL) AS rest ON rest.item_row = every_item.rowid
ANTI JOIN pair ON pair.line = identity
ANTI JOIN break ON break.line = identity;
CREATE TABLE capture AS
SELECT id, transaction, key(reference) AS reference, amount, currency, day
FROM every_capture
SEMI JOIN (
    SELECT capture_row FROM met WHERE agreed IS NULL
    UNION ALL
    SELECT capture_row FROM candidate
) AS rest ON rest.capture_row = every_capture.rowid
ANTI JOIN pair ON pair.capture = id;
