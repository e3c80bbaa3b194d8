-- What only looks alike: best for each other and with a margin to the next best, as a proposal.
-- Of references within a distance all runs of three letters are the same but three for each letter
-- that differs; of one that holds another, all of the other's: a join on the runs that counts them
-- finds all pairs worth measuring. Their first run is often that of everybody's references: where
-- others are enough it is left out, and not counted. Short ones are compared one by one.
CREATE MACRO runs(reference) AS
    list_transform(range(1, length(reference) - 1), lambda i: substr(reference, i, 3));
CREATE TABLE other AS SELECT * FROM capture WHERE reference IS NOT NULL;
CREATE TABLE damaged AS
SELECT identity AS line, amount, currency, day, reference,
    length(reference) - 2 - 3 * (getvariable('asked') ->> 'distance')::INTEGER AS shared
FROM item
ANTI JOIN ordered ON ordered.line = item.identity
WHERE reference IS NOT NULL;
CREATE TABLE likely AS
SELECT line, capture
FROM (
    SELECT line, amount, currency, day, shared,
        unnest(runs(reference)[1 + (shared > 1)::INTEGER:]) AS run
    FROM damaged
    WHERE shared > 0
) AS mine
JOIN (
    SELECT id AS capture, amount, currency, day, length(reference) - 2 AS every,
        unnest(runs(reference)) AS run
    FROM other
) AS theirs ON theirs.run = mine.run AND theirs.amount = mine.amount
    AND theirs.currency = mine.currency
    AND abs(theirs.day - mine.day) <= (getvariable('asked') ->> 'reach')::INTEGER
GROUP BY line, capture, shared, every
HAVING count(*) >= least(shared, every) - (shared > 1)::INTEGER
UNION ALL
SELECT line, id
FROM damaged
JOIN other ON other.amount = damaged.amount AND other.currency = damaged.currency
    AND abs(other.day - damaged.day) <= (getvariable('asked') ->> 'reach')::INTEGER
WHERE shared <= 0;
CREATE TABLE near AS
SELECT damaged.line, other.id AS capture, CASE
        WHEN length(other.reference) > 5 AND contains(damaged.reference, other.reference) THEN 0
        ELSE levenshtein(damaged.reference, other.reference)
    END AS distance
FROM likely
JOIN damaged USING (line)
JOIN other ON other.id = likely.capture;
DELETE FROM near WHERE distance > (getvariable('asked') ->> 'distance')::INTEGER;
CREATE TABLE best AS
SELECT *,
    row_number() OVER (PARTITION BY line ORDER BY distance, capture) AS place,
    lead(distance) OVER (PARTITION BY line ORDER BY distance, capture) AS next_of_line,
    row_number() OVER (PARTITION BY capture ORDER BY distance, line) AS place_of_capture,
    lead(distance) OVER (PARTITION BY capture ORDER BY distance, line) AS next_of_capture
FROM near;
INSERT INTO pair
SELECT line, capture, 'similarity' FROM best
WHERE place = 1 AND place_of_capture = 1
  AND coalesce(next_of_line - distance, 99) >= (getvariable('asked') ->> 'margin')::INTEGER
  AND coalesce(next_of_capture - distance, 99) >= (getvariable('asked') ->> 'margin')::INTEGER;
INSERT INTO break
SELECT line, capture, 'S20' FROM best
WHERE place = 1 AND line NOT IN (SELECT line FROM pair WHERE pass = 'similarity');
INSERT INTO break
SELECT identity, NULL, 'S03' FROM item
ANTI JOIN best ON best.line = item.identity;
