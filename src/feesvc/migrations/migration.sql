-- Before all else: the schema, and which migrations ran.
CREATE SCHEMA IF NOT EXISTS feesvc;
CREATE TABLE IF NOT EXISTS feesvc.migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
