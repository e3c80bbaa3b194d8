-- Captures and settlement lines by a seed. Of each hundred captures 95 have their line, one has a
-- line of another amount, two have none, one has two, one has a line with a damaged reference; two
-- lines are of nothing. The line of capture i has the identity i; what is beyond has 10^9 more.
CREATE TABLE capture AS
SELECT i AS id,
    printf('%012d', (i * 7919 + 104729) % 1000000000000) AS transaction,
    'FV' || upper(substr(md5('reference ' || i), 1, 12)) AS reference,
    CAST(list_extract([50000, 80000, 115000, 135000, 150000, 200000, 300000, 500000],
        1 + (hash('amount', i) % 8)::INTEGER) AS BIGINT) AS amount,
    'VND' AS currency, DATE '2026-11-01' + (i * 30 // getvariable('captures'))::INTEGER AS day
FROM range(getvariable('captures')) AS t (i);
CREATE TABLE line AS
SELECT id AS identity, transaction, reference, amount, currency, day, 'B' || day AS batch
FROM capture
WHERE id % 100 < 95 OR id % 100 = 98
UNION ALL
SELECT id, transaction, reference, amount - 1000, currency, day, 'B' || day
FROM capture
WHERE id % 100 = 95
UNION ALL
SELECT 1000000000 + id, transaction, reference, amount, currency, day, 'B' || day
FROM capture
WHERE id % 100 = 98
UNION ALL
SELECT id, '', substr(reference, 1, 6) || 'X' || substr(reference, 8), amount, currency,
    day + (id % 3)::INTEGER, 'B' || day
FROM capture
WHERE id % 100 = 99
UNION ALL
SELECT 2000000000 + id, 'NONE' || id, '', amount, currency, day, 'B' || day
FROM capture
WHERE id % 100 < 2;
