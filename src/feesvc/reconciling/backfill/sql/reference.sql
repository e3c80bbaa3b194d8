-- Pass reference: the same key, amount and currency; one capture for the line and one line for it.
CREATE OR REPLACE TABLE candidate AS
SELECT item.identity AS line, capture.id AS capture, item.day, item.batch
FROM item
JOIN capture ON capture.reference = item.reference AND capture.amount = item.amount
    AND capture.currency = item.currency
WHERE item.reference IS NOT NULL;
CREATE OR REPLACE TABLE several_captures AS
SELECT line FROM candidate GROUP BY line HAVING count(*) > 1;
CREATE OR REPLACE TABLE several_lines AS
SELECT capture FROM candidate GROUP BY capture HAVING count(*) > 1;
INSERT INTO pair
SELECT line, capture, 'reference' FROM candidate
ANTI JOIN several_captures USING (line)
ANTI JOIN several_lines USING (capture);
CREATE OR REPLACE TABLE twin AS
SELECT line, capture, batch, row_number() OVER told AS place, first_value(batch) OVER told AS first
FROM candidate
SEMI JOIN several_lines USING (capture)
ANTI JOIN several_captures USING (line)
WINDOW told AS (PARTITION BY capture ORDER BY day, batch, line);
INSERT INTO pair SELECT line, capture, 'reference' FROM twin WHERE place = 1;
INSERT INTO break
SELECT line, capture, CASE WHEN batch = first THEN 'S07' ELSE 'S08' END FROM twin WHERE place > 1;
INSERT INTO break
SELECT line, min(capture), 'S20' FROM candidate
SEMI JOIN several_captures USING (line)
GROUP BY line;
CREATE TEMP TABLE done AS SELECT line, capture FROM pair WHERE pass = 'reference';
CREATE OR REPLACE TABLE item AS
SELECT * FROM item
ANTI JOIN done ON done.line = item.identity
ANTI JOIN break ON break.line = item.identity;
CREATE OR REPLACE TABLE capture AS
SELECT * FROM capture ANTI JOIN done ON done.capture = capture.id;
