-- A hash of what the run found, pairs and breaks, by the identities of lines: no order of arrival.
SELECT encode(sha256(convert_to(coalesce(string_agg(said, E'\n' ORDER BY said COLLATE "C"), ''),
    'UTF8')), 'hex') AS hash
FROM (
    SELECT concat_ws('|', identity, pass, how, capture) AS said FROM pair
    UNION ALL
    SELECT concat_ws('|', identity, code, candidates::text) FROM break
) AS found
