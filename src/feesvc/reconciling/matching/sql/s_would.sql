-- What a dry run would have written down.
SELECT
    (SELECT count(*) FROM pair WHERE how <> 'fuzzy') AS would_match,
    (SELECT count(*) FROM pair WHERE how = 'fuzzy') AS would_propose,
    (SELECT count(*) FROM break) AS conflicts,
    (SELECT coalesce(jsonb_object_agg(code, lines), '{}')
     FROM (SELECT code, count(*) AS lines FROM break GROUP BY code) AS counted) AS by_code
