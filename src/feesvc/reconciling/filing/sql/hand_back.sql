-- Third step: the old statement stays readable by the lines that repeated what it said.
UPDATE feesvc.told_line
SET statement = %(before)s, number = place.number, state = 'superseded',
    reason = 'line:' || place.line,
    told_as = CASE place.told WHEN told_line.identity THEN '' ELSE place.told END
FROM unnest(%(lines)s::bigint[], %(tolds)s::text[], %(heirs)s::bigint[], %(numbers)s::integer[])
    AS place (line, told, heir, number)
WHERE told_line.id = place.heir
