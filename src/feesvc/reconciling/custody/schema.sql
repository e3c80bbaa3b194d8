-- What stands in each agency's accounts and what of it is owed to others, in minor units; and what
-- waits to be remitted, forwarded, paid in or claimed.

CREATE TABLE sum (
    agency   text NOT NULL,
    currency text NOT NULL,
    item     text NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (agency, currency, item)
);
COMMENT ON TABLE sum IS 'running sums: accounts, what is owed out of them, commission, retained';

CREATE TABLE transfer (
    id        uuid PRIMARY KEY,
    agency    text NOT NULL,
    currency  text NOT NULL,
    banked_at timestamptz
);
COMMENT ON COLUMN transfer.banked_at IS 'when the bank had it: the 24 hours of forwarding run on';

CREATE TABLE held (
    transfer    uuid NOT NULL,
    item        text NOT NULL,
    beneficiary text NOT NULL,
    agency      text NOT NULL,
    currency    text NOT NULL,
    amount      bigint NOT NULL,
    PRIMARY KEY (transfer, item, beneficiary, agency)
);
COMMENT ON TABLE held IS 'money of one transfer at one place, as long as there is any';
CREATE INDEX held_waiting ON held (agency, item, beneficiary);

CREATE TABLE line (
    assessment     uuid NOT NULL,
    number         int NOT NULL,
    agency         text NOT NULL,
    currency       text NOT NULL,
    unsplit        bigint NOT NULL,
    unsplit_budget bigint NOT NULL,
    share          bigint NOT NULL,
    PRIMARY KEY (assessment, number)
);
COMMENT ON COLUMN line.share IS 'the budget share of what is allocated and not remitted';
CREATE INDEX line_share ON line (agency, currency) WHERE share > 0;

CREATE TABLE refund (
    id       uuid NOT NULL,
    transfer uuid NOT NULL,
    method   text NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (id, transfer)
);

CREATE TABLE claim (
    id       uuid PRIMARY KEY,
    agency   text NOT NULL,
    currency text NOT NULL,
    amount   bigint NOT NULL
);
COMMENT ON TABLE claim IS 'what is still claimed of the State budget';
CREATE INDEX claim_open ON claim (agency, currency) WHERE amount > 0;
