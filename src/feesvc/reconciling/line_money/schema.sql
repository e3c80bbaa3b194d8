-- Money of lines that is banked and waits: fees and charges to be split, advances to be decided on;
-- and what was split, by whom and when.

CREATE TABLE waiting (
    assessment uuid NOT NULL,
    line       int NOT NULL,
    banked_on  date NOT NULL,
    agency     text NOT NULL,
    kind       text NOT NULL,
    currency   text NOT NULL,
    amount     bigint NOT NULL CHECK (amount > 0),
    PRIMARY KEY (assessment, line, banked_on)
);
COMMENT ON COLUMN waiting.banked_on IS 'the day the bank had the last of it, Asia/Ho_Chi_Minh';
CREATE INDEX waiting_of_agency ON waiting (agency, assessment, line);
CREATE INDEX waiting_to_split ON waiting (agency, assessment) WHERE kind IN ('fee', 'charge');

CREATE TABLE allocation (
    id       uuid PRIMARY KEY,
    agency   text NOT NULL,
    position bigint NOT NULL,
    until    date NOT NULL,
    made_at  timestamptz NOT NULL,
    maker    text NOT NULL,
    totals   jsonb NOT NULL
);
COMMENT ON COLUMN allocation.totals IS 'per set of budget codes: amount, retained, currency, lines';
CREATE INDEX allocation_of_agency ON allocation (agency, position);

CREATE TABLE allocated (
    allocation uuid NOT NULL,
    assessment uuid NOT NULL,
    line       int NOT NULL,
    currency   text NOT NULL,
    amount     bigint NOT NULL,
    retained   bigint NOT NULL,
    PRIMARY KEY (allocation, assessment, line)
);
