-- The tables that the stock recorder lacks, for benchmarks only.
CREATE TABLE IF NOT EXISTS stock.command (
    id          uuid PRIMARY KEY,
    principal   text NOT NULL,
    fingerprint bytea NOT NULL,
    actor       text NOT NULL,
    cause       text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    status      smallint,
    location    text,
    answer      bytea
);
CREATE TABLE IF NOT EXISTS stock.fact (
    stream  uuid NOT NULL,
    version bigint NOT NULL,
    agency  text NOT NULL CHECK (agency ~ '^(\*|[0-9A-Z][0-9A-Z.]{0,34})$'),
    command uuid NOT NULL,
    PRIMARY KEY (stream, version)
);
CREATE INDEX IF NOT EXISTS fact_command ON stock.fact (command);
