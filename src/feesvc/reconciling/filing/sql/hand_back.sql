-- Third step: the old statement stays readable by the lines that repeated what it said.
UPDATE feesvc.told_line
SET statement = %(before)s, number = place.number, state = 'superseded',
    reason = 'line:' || place.line
FROM unnest(%(lines)s::bigint[], %(heirs)s::bigint[], %(numbers)s::integer[])
    AS place (line, heir, number)
WHERE told_line.id = place.heir
