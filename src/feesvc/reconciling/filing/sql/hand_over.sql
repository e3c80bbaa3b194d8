-- Second step: the rows that stood, with their matches, take their places.
UPDATE feesvc.told_line
SET statement = place.statement, number = place.number
FROM unnest(%(lines)s::bigint[], %(heir_statements)s::uuid[], %(heir_numbers)s::integer[])
    AS place (line, statement, number)
WHERE told_line.id = place.line
