-- Several lines for one capture: the first by day, batch and place has it, the rest are told again.
WITH several_captures AS (
    SELECT line FROM candidate GROUP BY line HAVING count(*) > 1
), twins AS (
    SELECT candidate.*, item.statement,
        row_number() OVER told AS place, first_value(item.statement) OVER told AS first
    FROM candidate
    JOIN item ON item.line = candidate.line
    WHERE candidate.capture IN (
            SELECT capture FROM candidate GROUP BY capture HAVING count(*) > 1
        )
      AND candidate.line NOT IN (SELECT line FROM several_captures)
    WINDOW told AS (
        PARTITION BY candidate.capture
        ORDER BY item.value_on, item.batch, item.number, item.identity
    )
), first AS (
    INSERT INTO pair
    SELECT line, capture, day, other_day, identity, gross, currency, %(pass)s, %(how)s,
        ARRAY(
            SELECT 'line:' || other.line FROM twins AS other
            WHERE other.capture = twins.capture AND other.place > 1 ORDER BY other.place
        )
    FROM twins
    WHERE place = 1
)
INSERT INTO break
SELECT line, identity, gross, currency, CASE WHEN statement = first THEN 'S07' ELSE 'S08' END, ARRAY[capture]
FROM twins
WHERE place > 1
