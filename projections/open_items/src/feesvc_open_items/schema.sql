-- What was not matched yet: captures, money in suspense, batches without credit. Minor units.
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
