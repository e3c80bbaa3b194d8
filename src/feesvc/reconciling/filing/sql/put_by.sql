-- Third step where a line goes first: it is to be accepted, and the other one tells what it told.
UPDATE feesvc.told_line
SET statement = place.statement, number = place.number, state = place.state,
    reason = place.reason,
    told_as = CASE place.told WHEN told_line.identity THEN '' ELSE place.told END
FROM (
    SELECT heir AS id, statement, number, state, reason, told
    FROM unnest(
        %(heirs)s::bigint[], %(statements)s::uuid[], %(numbers)s::integer[], %(states)s::text[],
        %(reasons)s::text[], %(tolds)s::text[]
    ) AS other (heir, statement, number, state, reason, told)
    UNION ALL
    SELECT line, statement, number, 'read', '', told
    FROM unnest(
        %(lines)s::bigint[], %(heir_statements)s::uuid[], %(heir_numbers)s::integer[],
        %(heir_tolds)s::text[]
    ) AS first (line, statement, number, told)
) AS place
WHERE told_line.id = place.id
