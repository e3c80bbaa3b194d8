-- Whoever told of an entry that stood apart tells of the other one: what was booked for it has left
-- the books. What the new statement leaves out is not told any more.
WITH place AS (
    SELECT place.*, booked.account, booked.leg
    FROM unnest(
        %(lines)s::bigint[], %(droppeds)s::boolean[], %(firsts)s::bigint[], %(contents)s::text[]
    ) AS place (line, dropped, first, content)
    JOIN feesvc.told_line AS booked ON booked.id = place.line
), unmatched AS (
    DELETE FROM feesvc.unmatched_line
    USING place
    WHERE unmatched_line.line = place.line AND NOT place.dropped
)
UPDATE feesvc.told_line
SET state = 'repeated', reason = 'line:' || place.first
FROM place
JOIN feesvc.unnamed_line AS member
    ON member.account = place.account AND member.leg = place.leg
    AND member.content = place.content AND member.line = place.line
WHERE told_line.id = member.id AND NOT (place.dropped AND member.id = place.line)
