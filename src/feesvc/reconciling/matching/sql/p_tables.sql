-- The work tables of a dry run over a past period, gone with its transaction; and over them what the
-- passes read of captures and matches, as it were if nothing of the period had been matched.
CREATE TEMP TABLE pool (line bigint PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE stood (
    match uuid NOT NULL, side "char" NOT NULL, item text NOT NULL, line bigint, capture uuid,
    amount bigint NOT NULL
) ON COMMIT DROP;
CREATE INDEX ON stood (match);
CREATE INDEX ON stood (capture);
CREATE INDEX ON stood (line);
CREATE TEMP TABLE told_only (capture uuid PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE found (
    match text NOT NULL, item text NOT NULL, line bigint, proposed boolean NOT NULL
) ON COMMIT DROP;
CREATE TEMP VIEW capture AS
SELECT told.id, told.account, told.kind, told.transaction, told.reference, told.original,
    coalesce(freed.amount, told.amount) AS amount, told.currency, told.occurred_at,
    CASE WHEN freed.capture IS NULL THEN told.state ELSE 'open' END AS state
FROM captures.capture AS told
LEFT JOIN pg_temp.stood AS freed ON freed.capture = told.id
WHERE NOT EXISTS (SELECT FROM pg_temp.told_only WHERE told_only.capture = told.id);
CREATE TEMP VIEW match_pair AS
SELECT *
FROM feesvc.match_pair AS held
WHERE held.active AND NOT EXISTS (
    SELECT FROM pg_temp.stood WHERE stood.match = coalesce(held."group", held.id)
);
