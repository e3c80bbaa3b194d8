-- The matches that these lines are in now, each with all that belongs to it.
WITH touched AS MATERIALIZED (
    SELECT DISTINCT held.id, held."group"
    FROM pool
    JOIN feesvc.match_pair AS held ON held.line = pool.line AND held.active
)
INSERT INTO stood
SELECT member."group", member.side, member.item, member.line, member.capture, member.amount
FROM touched
JOIN feesvc.match_member AS member ON member."group" = touched."group" AND member.active
UNION ALL
SELECT pair.id, side, CASE side WHEN 'A' THEN 'capture:' || pair.capture ELSE 'line:' || pair.line END,
    CASE side WHEN 'B' THEN pair.line END, CASE side WHEN 'A' THEN pair.capture END, pair.amount
FROM touched
JOIN feesvc.match_pair AS pair ON pair.id = touched.id
CROSS JOIN (VALUES ('A'::"char"), ('B'::"char")) AS sides (side)
