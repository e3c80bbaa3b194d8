-- What is not certain of what a key found: several captures for a line, or several lines for a
-- capture. It is no pair; what is left is one.
WITH found AS MATERIALIZED (
    SELECT line, capture FROM pair WHERE pass = %(pass)s
), several AS (
    DELETE FROM pair
    WHERE pass = %(pass)s AND (
        line IN (SELECT line FROM found GROUP BY line HAVING count(*) > 1)
        OR capture IN (SELECT capture FROM found GROUP BY capture HAVING count(*) > 1)
    )
    RETURNING line, capture, day, other_day, identity, gross, currency
)
INSERT INTO candidate SELECT * FROM several
