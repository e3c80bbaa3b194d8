-- How many lines of two statements of one name are the same, changed, removed and added.
SELECT
    count(*) FILTER (WHERE a.id IS NOT NULL AND b.id IS NOT NULL AND same) AS unchanged,
    count(*) FILTER (WHERE a.id IS NOT NULL AND b.id IS NOT NULL AND NOT same) AS changed,
    count(*) FILTER (WHERE a.id IS NULL) AS removed,
    count(*) FILTER (WHERE b.id IS NULL) AS added
FROM (
    SELECT line.*, CASE said.told_as WHEN '' THEN line.identity ELSE said.told_as END AS told
    FROM feesvc.line
    JOIN feesvc.told_line AS said ON said.id = line.id
    WHERE line.statement = %(before)s
) AS b
FULL JOIN (SELECT * FROM feesvc.line WHERE statement = %(after)s) AS a ON a.identity = b.told
CROSS JOIN LATERAL (
    SELECT (a.kind, a.transaction, a.reference, a.original, a.batch, a.gross, a.commission, a.tax,
            a.net, a.currency, a.occurred_at, a.value_on)
        IS NOT DISTINCT FROM (b.kind, b.transaction, b.reference, b.original, b.batch, b.gross,
            b.commission, b.tax, b.net, b.currency, b.occurred_at, b.value_on)
        AND NOT (b.state = 'open' AND a.keys <> b.keys AND b.told = b.identity) AS same
) AS compared
