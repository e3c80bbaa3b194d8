-- Both sides of what went through intermediaries, by the day it happened. Amounts are minor units:
-- what comes to us is positive. Movements are only added, so that any past position can be asked.

CREATE TABLE item (
    kind         text NOT NULL CHECK (kind IN ('payment', 'refund', 'chargeback')),
    id           uuid NOT NULL,
    agency       text NOT NULL,
    currency     text NOT NULL,
    intermediary text NOT NULL,
    day          date NOT NULL,
    PRIMARY KEY (id, kind)
);
COMMENT ON TABLE item IS 'A transfer, a refund or the disputes of a transfer; day is the first it is known of.';
CREATE INDEX item_by_day ON item (agency, day);

CREATE TABLE movement (
    position   bigint NOT NULL,
    number     smallint NOT NULL,
    kind       text NOT NULL,
    id         uuid NOT NULL,
    captured   bigint NOT NULL,
    gross      bigint NOT NULL,
    commission bigint NOT NULL,
    tax        bigint NOT NULL,
    net        bigint NOT NULL,
    banked     smallint NOT NULL,
    PRIMARY KEY (position, number)
);
COMMENT ON COLUMN movement.captured IS 'what we have on our books; the others are what they settled';
COMMENT ON COLUMN movement.gross IS 'net + commission + tax, as a batch holds it';
COMMENT ON COLUMN movement.banked IS '1 when the bank has it, -1 when it was taken back';
CREATE INDEX movement_of_item ON movement (id, kind);

CREATE TABLE refund_line (
    batch  uuid NOT NULL,
    line   text NOT NULL,
    refund uuid NOT NULL,
    PRIMARY KEY (batch, line)
);

-- Cases about an item; one that was reopened has another row.
CREATE TABLE finding (
    id      uuid NOT NULL,
    opened  bigint NOT NULL,
    subject uuid NOT NULL,
    code    text NOT NULL,
    closed  bigint,
    PRIMARY KEY (id, opened)
);
CREATE INDEX finding_subject ON finding (subject);
