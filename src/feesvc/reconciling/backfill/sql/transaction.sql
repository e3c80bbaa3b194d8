-- Pass transaction: the same key, amount and currency; one capture for the line and one line for it.
-- One full join, out of both files, gives the pairs and what is left over: of what agrees only what
-- tells twins apart is kept, of the rest all. Where a key agrees once, its pair is certain; who meets
-- several times is told apart by a hash of the key, and looked at alone.
CREATE TABLE met AS
SELECT item.identity AS line, capture.id AS capture, item.day, item.batch,
    CASE
        WHEN item.amount = capture.amount AND item.currency = capture.currency
        THEN hash(item.transaction)
    END AS agreed,
    CASE WHEN agreed IS NULL THEN item.transaction END AS transaction,
    CASE WHEN agreed IS NULL THEN item.reference END AS reference,
    CASE WHEN agreed IS NULL THEN item.amount END AS amount,
    CASE WHEN agreed IS NULL THEN item.currency END AS currency,
    CASE WHEN agreed IS NULL THEN capture.transaction END AS other_transaction,
    CASE WHEN agreed IS NULL THEN capture.reference END AS other_reference,
    CASE WHEN agreed IS NULL THEN capture.amount END AS other_amount,
    CASE WHEN agreed IS NULL THEN capture.currency END AS other_currency,
    CASE WHEN agreed IS NULL THEN capture.day END AS other_day
FROM every_capture AS capture
FULL JOIN every_item AS item ON item.transaction = capture.transaction;
CREATE TABLE several AS
SELECT agreed FROM met WHERE agreed IS NOT NULL GROUP BY agreed HAVING count(*) > 1;
INSERT INTO pair
SELECT line, capture, 'transaction' FROM met ANTI JOIN several USING (agreed)
WHERE agreed IS NOT NULL;
CREATE TABLE candidate AS
SELECT line, capture, day, batch FROM met SEMI JOIN several USING (agreed);
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
SELECT DISTINCT ON (line) line AS identity, transaction, key(reference) AS reference, amount,
    currency, day, batch
FROM met
ANTI JOIN pair USING (line)
ANTI JOIN break USING (line)
WHERE agreed IS NULL AND line IS NOT NULL;
CREATE TABLE capture AS
SELECT DISTINCT ON (capture) capture AS id, other_transaction AS transaction,
    key(other_reference) AS reference, other_amount AS amount, other_currency AS currency,
    other_day AS day
FROM met
ANTI JOIN pair USING (capture)
WHERE agreed IS NULL AND capture IS NOT NULL;
