-- The pairs that were found, as matches with members.
INSERT INTO found
SELECT line::text, 'capture:' || capture, NULL, how = 'fuzzy' FROM pair
UNION ALL
SELECT line::text, 'line:' || line, line, how = 'fuzzy' FROM pair
