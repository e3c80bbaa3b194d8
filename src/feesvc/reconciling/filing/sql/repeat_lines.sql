UPDATE feesvc.told_line
SET state = 'repeated', reason = 'line:' || place.first
FROM unnest(%(lines)s::bigint[], %(firsts)s::bigint[]) AS place (line, first)
WHERE told_line.id = place.line
