-- A capture that a line looks like: proposed, and the line waits with S19.
WITH alike AS (
    INSERT INTO pair
    SELECT line, %(capture)s, day, %(other_day)s, identity, gross, currency, 'similarity', 'fuzzy',
        %(lost)s
    FROM item
    WHERE line = %(line)s
)
INSERT INTO break
SELECT line, identity, gross, currency, 'S19', ARRAY[%(capture)s::uuid]
FROM item
WHERE line = %(line)s
