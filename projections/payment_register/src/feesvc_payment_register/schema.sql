-- Payments, the money that met them, what they were for and what went back. No personal data:
-- a person is only ever a subject, a random id.
-- Amounts are in minor units of the row's currency; positions are those of the first event.

CREATE FUNCTION grams(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT array_agg(DISTINCT substr(words, n, 3)) FROM generate_series(1, length(words) - 2) n $$;

-- Every dossier once, so that a part of one is found without reading all payments.
CREATE TABLE dossier (
    agency  text NOT NULL,
    dossier text NOT NULL,
    PRIMARY KEY (agency, dossier)
);
CREATE INDEX dossier_part ON dossier USING gin (grams(upper(dossier)));

CREATE TABLE payment (
    id           uuid PRIMARY KEY,
    agency       text NOT NULL,
    position     bigint NOT NULL,
    portal       text NOT NULL,
    account      uuid NOT NULL,
    intermediary text NOT NULL,
    reference    text NOT NULL,
    amount       bigint NOT NULL,
    currency     text NOT NULL,
    dossier      text NOT NULL,
    initiated_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    attempt      text NOT NULL,      -- the attempt alone: initiated, presented, or how it ended
    attempt_at   timestamptz NOT NULL,
    state        text NOT NULL,      -- the attempt, or what became of the money that met it
    received     bigint NOT NULL DEFAULT 0,
    refunded     bigint NOT NULL DEFAULT 0
);
CREATE INDEX payment_newest ON payment (agency, position);
CREATE INDEX payment_state ON payment (agency, state, position);
CREATE INDEX payment_portal ON payment (agency, portal, position);
CREATE INDEX payment_intermediary ON payment (agency, intermediary, position);
CREATE INDEX payment_amount ON payment (agency, amount, position);
CREATE INDEX payment_day ON payment (agency, initiated_at);
CREATE INDEX payment_reference ON payment (reference);
CREATE INDEX payment_dossier ON payment (agency, upper(dossier) text_pattern_ops);

-- What a payment asks for each assessment; the assessment may be another agency's.
CREATE TABLE asked (
    payment    uuid NOT NULL,
    assessment uuid NOT NULL,
    agency     text NOT NULL,
    amount     bigint NOT NULL,
    PRIMARY KEY (payment, assessment)
);
CREATE INDEX asked_assessment ON asked (assessment);

CREATE TABLE assessment (
    id             uuid PRIMARY KEY,
    agency         text NOT NULL,
    position       bigint NOT NULL,
    dossier        text NOT NULL,
    notice         text NOT NULL,
    procedure      text NOT NULL,
    portal         text NOT NULL,
    channel        text NOT NULL,
    subject        uuid,
    submitted_on   date NOT NULL,
    due_on         date,
    raised_at      timestamptz NOT NULL,
    currency       text NOT NULL,
    total          bigint NOT NULL,
    collected      bigint NOT NULL,
    state          text NOT NULL,    -- open, paid, waived, cancelled, superseded
    state_at       timestamptz NOT NULL,
    receipt_series text NOT NULL DEFAULT '',
    receipt_number bigint
);
CREATE INDEX assessment_newest ON assessment (agency, position);
CREATE INDEX assessment_state ON assessment (agency, state, position);
CREATE INDEX assessment_portal ON assessment (agency, portal, position);
CREATE INDEX assessment_amount ON assessment (agency, total, position);
CREATE INDEX assessment_day ON assessment (agency, raised_at);
CREATE INDEX assessment_dossier ON assessment (agency, upper(dossier) text_pattern_ops);
CREATE INDEX assessment_subject ON assessment (subject) WHERE subject IS NOT NULL;

CREATE TABLE transfer (
    id           uuid PRIMARY KEY,
    agency       text NOT NULL,
    position     bigint NOT NULL,
    payment      uuid,
    via          text NOT NULL,
    intermediary text NOT NULL,
    account      uuid NOT NULL,
    transaction  text NOT NULL,
    reference    text NOT NULL,
    source       text NOT NULL,
    amount       bigint NOT NULL,
    currency     text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    batch        text NOT NULL DEFAULT '',    -- the settlement that holds it
    on_lines     bigint NOT NULL,             -- free money by where it stands
    credit       bigint NOT NULL,
    suspense     bigint NOT NULL,
    paying       bigint NOT NULL,             -- on lines, set aside for a refund or not
    disputed     bigint NOT NULL,
    lost         bigint NOT NULL,
    reversed     bigint NOT NULL,
    disclaimed   bigint NOT NULL,             -- proved not to be ours
    refunding    bigint NOT NULL DEFAULT 0,   -- in refunds that have no end yet
    refunded     bigint NOT NULL DEFAULT 0,
    state        text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN reversed > 0 THEN 'reversed'
        WHEN disputed > 0 THEN 'disputed'
        WHEN lost > 0 THEN 'dispute_lost'
        WHEN disclaimed >= amount THEN 'disclaimed'
        WHEN refunded >= amount THEN 'refunded'
        WHEN refunded > 0 THEN 'part_refunded'
        ELSE 'received' END) STORED
);
CREATE INDEX transfer_newest ON transfer (agency, position);
CREATE INDEX transfer_state ON transfer (agency, state, position);
CREATE INDEX transfer_amount ON transfer (agency, amount, position);
CREATE INDEX transfer_day ON transfer (agency, occurred_at);
CREATE INDEX transfer_transaction ON transfer (transaction);
CREATE INDEX transfer_reference ON transfer (reference) WHERE reference <> '';
CREATE INDEX transfer_payment ON transfer (payment) WHERE payment IS NOT NULL;
CREATE INDEX transfer_suspense ON transfer (agency, position) WHERE suspense > 0;
CREATE INDEX transfer_credit ON transfer (agency, position) WHERE credit > 0;

-- Where the free money of a transfer stands; an empty place stays, with nothing in it.
CREATE TABLE bucket (
    transfer    uuid NOT NULL,
    place       text NOT NULL,      -- line, credit, suspense, held
    assessment  uuid NOT NULL,      -- all zeros where there is none
    line        integer NOT NULL,
    beneficiary text NOT NULL,
    reason      text NOT NULL,
    amount      bigint NOT NULL,
    since       timestamptz NOT NULL,   -- when money of the transfer first stood there
    PRIMARY KEY (transfer, place, assessment, line, beneficiary)
);
CREATE INDEX bucket_waiting ON bucket (transfer) WHERE place <> 'line' AND amount > 0;

-- Suspense and credit that somebody asked to be moved.
CREATE TABLE reclassification (
    id            uuid PRIMARY KEY,
    agency        text NOT NULL,
    position      bigint NOT NULL,
    transfer      uuid NOT NULL,
    purpose       text NOT NULL,
    place         text NOT NULL,
    amount        bigint NOT NULL,
    currency      text NOT NULL,
    reason        text NOT NULL,
    maker         text NOT NULL,
    checker       text NOT NULL DEFAULT '',
    digest        text NOT NULL,
    needs_second  boolean NOT NULL,
    requested_at  timestamptz NOT NULL,
    state         text NOT NULL,
    state_at      timestamptz NOT NULL
);
CREATE INDEX reclassification_newest ON reclassification (agency, position);
CREATE INDEX reclassification_state ON reclassification (agency, state, position);
CREATE INDEX reclassification_transfer ON reclassification (transfer);

CREATE TABLE refund (
    id           uuid PRIMARY KEY,
    agency       text NOT NULL,
    position     bigint NOT NULL,
    portal       text NOT NULL,
    maker        text NOT NULL,
    checker      text NOT NULL DEFAULT '',
    method       text NOT NULL,
    amount       bigint NOT NULL,
    currency     text NOT NULL,
    reason       text NOT NULL,
    subject      uuid,
    reference    text NOT NULL DEFAULT '',
    requested_at timestamptz NOT NULL,
    by_treasury  bigint NOT NULL DEFAULT 0,   -- what the State Treasury pays the payer itself
    state        text NOT NULL,
    state_at     timestamptz NOT NULL
);
CREATE INDEX refund_newest ON refund (agency, position);
CREATE INDEX refund_state ON refund (agency, state, position);
CREATE INDEX refund_day ON refund (agency, requested_at);
CREATE INDEX refund_reference ON refund (reference) WHERE reference <> '';

-- Refunds by bank transfer, as the bank was told of them.
CREATE TABLE payment_list (
    id         uuid PRIMARY KEY,
    agency     text NOT NULL,
    position   bigint NOT NULL,
    reference  text NOT NULL,
    refunds    integer NOT NULL,
    total      bigint NOT NULL,
    currency   text NOT NULL,
    execute_on date NOT NULL,
    maker      text NOT NULL,
    drawn_at   timestamptz NOT NULL
);
CREATE INDEX payment_list_newest ON payment_list (agency, position);

CREATE TABLE taken (
    refund   uuid NOT NULL,
    transfer uuid NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (refund, transfer)
);
CREATE INDEX taken_transfer ON taken (transfer);
