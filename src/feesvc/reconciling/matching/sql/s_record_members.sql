-- Both sides of what is only proposed: it takes nothing from others.
INSERT INTO feesvc.match_member ("group", side, item, amount, active)
SELECT md5(%(run)s::text || identity)::uuid, side, CASE side
        WHEN 'A' THEN 'capture:' || capture ELSE 'line:' || line
    END, gross, false
FROM pair
CROSS JOIN (VALUES ('A'::"char"), ('B'::"char")) AS sides (side)
WHERE how = 'fuzzy'
