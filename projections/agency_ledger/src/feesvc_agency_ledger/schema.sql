-- The double-entry ledger of every agency, and the sums its readers ask for.

CREATE TABLE progress (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    position  bigint NOT NULL DEFAULT 0,
    booked_on date NOT NULL DEFAULT '-infinity'
);
INSERT INTO progress DEFAULT VALUES;

-- Which version of the rules is in force since when: decided once, kept over rebuilds.
CREATE TABLE rules_in_force (
    version integer PRIMARY KEY,
    since   bigint NOT NULL UNIQUE
);

-- The first position booked on each day: what was known then is told by days and one part of a day.
CREATE TABLE booked_day (
    booked_on date PRIMARY KEY,
    first     bigint NOT NULL UNIQUE
);

CREATE TABLE posting (
    position     bigint NOT NULL,
    number       smallint NOT NULL,
    agency       text NOT NULL,
    currency     text NOT NULL,
    account      smallint NOT NULL,
    amount       bigint NOT NULL CHECK (amount <> 0),
    rule         text NOT NULL,
    rules        smallint NOT NULL,
    booked_on    date NOT NULL,
    effective_on date NOT NULL,
    counted_on   date NOT NULL,
    item         text NOT NULL,
    assessment   uuid,
    line         smallint NOT NULL,
    transfer     uuid,
    payment      uuid,
    refund       uuid,
    intermediary text NOT NULL,
    batch        uuid,
    PRIMARY KEY (position, number)
);
COMMENT ON COLUMN posting.amount IS 'Minor units: debits positive, credits negative.';
COMMENT ON COLUMN posting.counted_on IS
    'effective_on, or the next day that was open where that day was closed when it was recorded';
CREATE INDEX posting_in_journal
    ON posting (agency, currency, counted_on, position, number);
CREATE INDEX posting_on_account
    ON posting (agency, currency, account, counted_on, position, number);
CREATE INDEX posting_late ON posting (agency, effective_on, position)
    WHERE counted_on <> effective_on;

-- Checked when made, and here again: every entry adds up to zero per agency and currency.
CREATE FUNCTION check_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT a.position INTO wrong FROM added a
     GROUP BY a.position, a.agency, a.currency HAVING sum(a.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of position % do not add up to zero', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_zero AFTER INSERT ON posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_zero();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'postings are only added' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Sums by the year, month and day they count in: any day's balance is a few rows of each.
CREATE TABLE balance (
    agency    text NOT NULL,
    currency  text NOT NULL,
    span      "char" NOT NULL CHECK (span IN ('Y', 'M', 'D')),
    starts_on date NOT NULL,
    account   smallint NOT NULL,
    debits    bigint NOT NULL,
    credits   bigint NOT NULL,
    PRIMARY KEY (agency, span, starts_on, account, currency)
) WITH (fillfactor = 60);
COMMENT ON COLUMN balance.credits IS 'Positive; the balance is debits - credits.';

-- Sums by both days: what was known after any past day, as of any other.
CREATE TABLE known_balance (
    agency       text NOT NULL,
    currency     text NOT NULL,
    booked_on    date NOT NULL,
    counted_on   date NOT NULL,
    account      smallint NOT NULL,
    item         text NOT NULL,
    debits       bigint NOT NULL,
    credits      bigint NOT NULL,
    PRIMARY KEY (agency, currency, booked_on, counted_on, account, item)
) WITH (fillfactor = 60);

-- What is open now, by what an account's items are. Rows of nothing are deleted.
CREATE TABLE open_item (
    agency       text NOT NULL,
    currency     text NOT NULL,
    account      smallint NOT NULL,
    item         uuid NOT NULL,
    since        date NOT NULL,
    amount       bigint NOT NULL CHECK (amount <> 0),
    intermediary text NOT NULL,
    PRIMARY KEY (item, account, currency, agency)
) WITH (fillfactor = 80);
CREATE INDEX open_item_by_age ON open_item (agency, currency, account, since, item);

CREATE TABLE fee_line (
    assessment uuid NOT NULL,
    line       smallint NOT NULL,
    item       text NOT NULL,
    dossier    text NOT NULL,
    notice     text NOT NULL,
    PRIMARY KEY (assessment, line)
);

CREATE TABLE fee_item (
    agency  text NOT NULL,
    item    text NOT NULL,
    kind    text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    PRIMARY KEY (agency, item)
);
COMMENT ON TABLE fee_item IS 'The names and the kind that an item had when it was last assessed.';

-- What a refund's later events rest on.
CREATE TABLE approval (
    refund uuid PRIMARY KEY,
    method text NOT NULL,
    taken  jsonb NOT NULL
);
COMMENT ON COLUMN approval.taken IS 'Per transfer: its id, its payment, its intermediary, the amount.';

-- Under which agency each one stands, since when: parents read the sum of their units.
CREATE TABLE unit (
    agency       text NOT NULL,
    effective_on date NOT NULL,
    position     bigint NOT NULL,
    parent       text NOT NULL,
    PRIMARY KEY (agency, effective_on, position)
);
CREATE INDEX unit_by_parent ON unit (parent) WHERE parent <> '';

-- Days that take no more entries, since which position: what is recorded later counts later.
CREATE TABLE closing (
    agency    text NOT NULL,
    name      text NOT NULL,
    starts_on date NOT NULL,
    ends_on   date NOT NULL,
    since     bigint NOT NULL,
    closed    boolean NOT NULL,
    PRIMARY KEY (agency, name)
);
COMMENT ON TABLE closing IS 'Periods that are closed, or being closed; a reopened one is deleted.';
