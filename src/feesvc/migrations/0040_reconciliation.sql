-- What intermediaries, banks and the Treasury say, line by line, and what it was matched with.
-- Bytes stand sealed in feesvc.document; nothing here names a person. Amounts are minor units.

CREATE TABLE feesvc.source_file (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    source text NOT NULL CHECK (source IN ('settlement', 'bank', 'treasury')),
    account uuid NOT NULL,
    sha256 text NOT NULL,
    document text,
    size bigint NOT NULL,
    format text NOT NULL,
    profile text NOT NULL,
    profile_version integer NOT NULL,
    came_by text NOT NULL CHECK (came_by IN ('upload', 'command_line', 'folder', 'feed')),
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('quarantined', 'held', 'previewed', 'accepted', 'superseded', 'discarded')),
    verdict text NOT NULL,
    place text NOT NULL,
    why text NOT NULL,
    UNIQUE (account, sha256)
);
COMMENT ON TABLE feesvc.source_file IS 'One file as it came; the same bytes again are the same file.';
COMMENT ON COLUMN feesvc.source_file.account IS 'merchant account, or an agency''s bank account';
COMMENT ON COLUMN feesvc.source_file.document IS 'under which its bytes stand in feesvc.document';
COMMENT ON COLUMN feesvc.source_file.verdict IS 'F01 to F13, or empty where nothing is wrong';
CREATE INDEX source_file_newest ON feesvc.source_file (agency, received_at, id);

-- One statement of a bank, or one batch of a settlement: a file may hold several.
CREATE TABLE feesvc.statement (
    id uuid PRIMARY KEY,
    file uuid NOT NULL REFERENCES feesvc.source_file,
    ordinal integer NOT NULL,
    agency text NOT NULL,
    source text NOT NULL,
    account uuid NOT NULL,
    currency text NOT NULL,
    identity text NOT NULL,
    sequence bigint,
    starts_on date,
    ends_on date NOT NULL,
    opening bigint,
    closing bigint,
    count integer NOT NULL,
    gross bigint NOT NULL,
    commission bigint NOT NULL,
    tax bigint NOT NULL,
    net bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('read', 'accepted', 'superseded')),
    superseded_by uuid REFERENCES feesvc.statement,
    UNIQUE (file, ordinal)
);
COMMENT ON COLUMN feesvc.statement.identity IS 'batch or statement number, as its writer names it';
COMMENT ON COLUMN feesvc.statement.net IS 'what the lines add up to: of a batch, what is paid out';
CREATE UNIQUE INDEX statement_once ON feesvc.statement (account, currency, identity)
    WHERE state = 'accepted' AND identity <> '';
CREATE INDEX statement_of_account ON feesvc.statement (account, currency, ends_on, sequence);

CREATE TABLE feesvc.line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement uuid NOT NULL REFERENCES feesvc.statement,
    number integer NOT NULL,
    place text NOT NULL,
    agency text NOT NULL,
    account uuid NOT NULL,
    leg "char" NOT NULL CHECK (leg IN ('S', 'B', 'T')),
    identity text NOT NULL,
    native_id text NOT NULL,
    kind text NOT NULL,
    transaction text NOT NULL,
    reference text NOT NULL,
    original text NOT NULL,
    told_transaction text NOT NULL,
    told_reference text NOT NULL,
    told_original text NOT NULL,
    batch text NOT NULL,
    keys text[] NOT NULL,
    gross bigint NOT NULL,
    commission bigint NOT NULL,
    tax bigint NOT NULL,
    net bigint NOT NULL,
    currency text NOT NULL,
    occurred_at timestamptz NOT NULL,
    value_on date NOT NULL,
    state text NOT NULL DEFAULT 'read'
        CHECK (state IN ('read', 'open', 'matched', 'placed', 'repeated', 'superseded')),
    reason text NOT NULL DEFAULT '',
    UNIQUE (statement, number)
);
COMMENT ON COLUMN feesvc.line.leg IS 'S settlement, B bank, T Treasury';
COMMENT ON COLUMN feesvc.line.identity IS 'native id where proved unique, else hash and ordinal';
COMMENT ON COLUMN feesvc.line.transaction IS 'the provider''s reference, normalised for joining';
COMMENT ON COLUMN feesvc.line.reference IS 'ours on the wire, normalised for joining';
COMMENT ON COLUMN feesvc.line.original IS 'the transaction that a refund or dispute is of';
COMMENT ON COLUMN feesvc.line.told_transaction IS 'letter for letter: ids are made of it';
COMMENT ON COLUMN feesvc.line.told_reference IS 'letter for letter';
COMMENT ON COLUMN feesvc.line.told_original IS 'letter for letter';
COMMENT ON COLUMN feesvc.line.keys IS 'other references found in it, such as in a narrative';
COMMENT ON COLUMN feesvc.line.net IS 'gross + commission + tax; commission withheld is negative';
COMMENT ON COLUMN feesvc.line.state IS 'placed: booked without a counterpart, as a case says';
CREATE INDEX line_open ON feesvc.line (account, leg) WHERE state = 'open';
CREATE INDEX line_native ON feesvc.line (account, native_id)
    WHERE leg IN ('B', 'T') AND native_id <> '';
CREATE UNIQUE INDEX line_once ON feesvc.line (account, leg, identity)
    WHERE state NOT IN ('read', 'repeated', 'superseded');

-- One run of the passes over what is open: a pure function of its inputs.
CREATE TABLE feesvc.match_run (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    account uuid NOT NULL,
    leg "char" NOT NULL,
    started_at timestamptz NOT NULL,
    started_by text NOT NULL,
    as_of date NOT NULL,
    rules integer NOT NULL,
    calendar text NOT NULL,
    log_position bigint NOT NULL,
    inputs text NOT NULL,
    result text NOT NULL,
    state text NOT NULL CHECK (state IN ('under_way', 'concluded', 'dry'))
);
COMMENT ON COLUMN feesvc.match_run.inputs IS 'a hash of all that the run looked at';
COMMENT ON COLUMN feesvc.match_run.result IS 'a hash of what it found; the same inputs, the same';
CREATE INDEX match_run_newest ON feesvc.match_run (agency, started_at, id);

CREATE TABLE feesvc.match_group (
    id uuid PRIMARY KEY,
    run uuid NOT NULL REFERENCES feesvc.match_run,
    agency text NOT NULL,
    leg "char" NOT NULL,
    rule text NOT NULL,
    rules integer NOT NULL,
    how text NOT NULL
        CHECK (how IN ('key', 'composite', 'batch', 'window', 'fuzzy', 'manual', 'forced')),
    state text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'posted', 'rejected', 'reversed')),
    difference bigint NOT NULL,
    currency text NOT NULL,
    why jsonb NOT NULL
);
COMMENT ON COLUMN feesvc.match_group.why IS 'what agreed, and which candidates lost to it';

-- No item is in two active groups: the database says so.
CREATE TABLE feesvc.match_member (
    "group" uuid NOT NULL REFERENCES feesvc.match_group,
    side "char" NOT NULL CHECK (side IN ('A', 'B')),
    item text NOT NULL,
    amount bigint NOT NULL,
    active boolean NOT NULL,
    PRIMARY KEY ("group", side, item)
);
COMMENT ON COLUMN feesvc.match_member.item IS 'line:<id>, capture:<uuid>, batch:<uuid> or order:<uuid>';
CREATE UNIQUE INDEX match_member_once ON feesvc.match_member (item) WHERE active;
