-- What was not matched yet: captures, money in suspense, batches without credit, lines of files.
-- Minor units.
-- Movements are only added, so that any past position can be asked.

CREATE TABLE item (
    kind         text NOT NULL CHECK (kind IN ('capture', 'suspense', 'batch')),
    id           uuid NOT NULL,
    agency       text NOT NULL,
    currency     text NOT NULL,
    via          text NOT NULL,
    intermediary text NOT NULL,
    reference    text NOT NULL,
    reason       text NOT NULL,
    since        date NOT NULL,
    amount       bigint NOT NULL,
    PRIMARY KEY (id, kind)
);
COMMENT ON COLUMN item.since IS 'the day it is first known of, Asia/Ho_Chi_Minh: its age counts from it';
COMMENT ON COLUMN item.amount IS 'what is open now: the sum of its movements';
CREATE INDEX item_open ON item (agency, since, id, kind) WHERE amount <> 0;

CREATE TABLE movement (
    position bigint NOT NULL,
    number   smallint NOT NULL,
    kind     text NOT NULL,
    id       uuid NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (position, number)
);
CREATE INDEX movement_of_item ON movement (id, kind);

CREATE TABLE line (
    id        uuid PRIMARY KEY,
    agency    text NOT NULL,
    currency  text NOT NULL,
    reference text NOT NULL,
    reason    text NOT NULL,
    since     date NOT NULL,
    amount    bigint NOT NULL
);
COMMENT ON TABLE line IS 'lines of which nothing is booked, by the case that says so';
COMMENT ON COLUMN line.reason IS 'the code under which the case was opened';

CREATE TABLE line_open (
    id     uuid NOT NULL REFERENCES line,
    opened bigint NOT NULL,
    ended  bigint,
    PRIMARY KEY (id, opened)
);
COMMENT ON TABLE line_open IS 'from which position of the log to which the case was open';
CREATE INDEX line_still_open ON line_open (id) WHERE ended IS NULL;
