-- What settlement lines and bank lines may match: money through intermediaries, and what a bank
-- is still to credit or debit. Keys are normalised by feesvc.reconciling.keys.

CREATE TABLE capture (
    id          uuid PRIMARY KEY,
    agency      text NOT NULL,
    account     uuid NOT NULL,
    kind        text NOT NULL,
    transfer    uuid NOT NULL,
    refund      uuid,
    transaction text NOT NULL,
    reference   text NOT NULL,
    original    text NOT NULL,
    amount      bigint NOT NULL,
    currency    text NOT NULL,
    occurred_at timestamptz NOT NULL,
    state       text NOT NULL,
    position    bigint NOT NULL
);
COMMENT ON TABLE capture IS 'one thing that a settlement line may be about; amounts as it signs';
COMMENT ON COLUMN capture.account IS 'the merchant account';
COMMENT ON COLUMN capture.kind IS 'payment, refund, refund_reversal, dispute, dispute_reversal';
COMMENT ON COLUMN capture.state IS 'asked, open, settled, reversed or ended';
CREATE INDEX capture_transaction ON capture (account, transaction);
CREATE INDEX capture_reference ON capture (account, reference);
CREATE INDEX capture_original ON capture (account, original) WHERE original <> '';
CREATE INDEX capture_transfer ON capture (transfer);
CREATE INDEX capture_newest ON capture (agency, position, id);
CREATE INDEX capture_open ON capture (account, occurred_at) WHERE state = 'open';

-- What a bank is still to credit (batches) or to debit (payment lists and other orders).
CREATE TABLE awaited (
    id        uuid PRIMARY KEY,
    agency    text NOT NULL,
    account   uuid NOT NULL,
    kind      text NOT NULL,
    keys      text[] NOT NULL,
    amount    bigint NOT NULL,
    done      bigint NOT NULL,
    currency  text NOT NULL,
    on_day    date NOT NULL,
    state     text NOT NULL,
    position  bigint NOT NULL
);
COMMENT ON COLUMN awaited.account IS 'of a batch the merchant account, of an order the bank''s or none';
COMMENT ON COLUMN awaited.kind IS 'batch, refund, remittance, forwarding or custody_move';
COMMENT ON COLUMN awaited.amount IS 'what the bank account gains: debits are negative';
COMMENT ON COLUMN awaited.state IS 'asked, open, done or ended';
CREATE INDEX awaited_open ON awaited (agency, kind) WHERE state = 'open';
CREATE INDEX awaited_newest ON awaited (agency, position, id);
