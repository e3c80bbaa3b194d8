-- Second step: the rows that stood, with their matches, take their places.
UPDATE feesvc.told_line
SET statement = place.statement, number = place.number,
    told_as = CASE place.told WHEN told_line.identity THEN '' ELSE place.told END
FROM unnest(
    %(lines)s::bigint[], %(heir_statements)s::uuid[], %(heir_numbers)s::integer[],
    %(heir_tolds)s::text[]
) AS place (line, statement, number, told)
WHERE told_line.id = place.line
