-- Line by line what stands now against what was found, in numbers and the first hundred that differ.
WITH now AS (
    SELECT match, string_agg(item, ' ' ORDER BY item COLLATE "C") AS items
    FROM stood
    GROUP BY match
), tried AS (
    SELECT match, string_agg(item, ' ' ORDER BY item COLLATE "C") AS items
    FROM found
    GROUP BY match
), told AS (
    SELECT pool.line, now.items AS stands, tried.items AS would,
        CASE
            WHEN now.items IS NULL AND (found.proposed OR tried.items IS NULL) THEN 'unmatched'
            WHEN now.items IS NULL THEN 'gained'
            WHEN found.proposed AND tried.items = now.items THEN 'asked'
            WHEN found.proposed OR tried.items IS NULL THEN 'lost'
            WHEN tried.items = now.items THEN 'kept'
            ELSE 'otherwise'
        END AS became
    FROM pool
    LEFT JOIN stood ON stood.line = pool.line
    LEFT JOIN now ON now.match = stood.match
    LEFT JOIN found ON found.line = pool.line
    LEFT JOIN tried ON tried.match = found.match
)
SELECT count(*) AS lines,
    count(*) FILTER (WHERE became = 'kept') AS kept,
    count(*) FILTER (WHERE became = 'gained') AS gained,
    count(*) FILTER (WHERE became = 'lost') AS lost,
    count(*) FILTER (WHERE became = 'otherwise') AS otherwise,
    count(*) FILTER (WHERE became = 'asked') AS asked,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'line', line, 'became', became,
            'stands', coalesce(string_to_array(stands, ' '), '{}'),
            'would', coalesce(string_to_array(would, ' '), '{}')
        ) ORDER BY line), '[]')
     FROM (
        SELECT * FROM told WHERE became NOT IN ('kept', 'unmatched') ORDER BY line LIMIT 100
     ) AS differing) AS differing
FROM told
