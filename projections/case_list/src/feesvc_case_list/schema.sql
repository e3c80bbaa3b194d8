-- Cases of each agency: what is wrong, how much is at risk, how far the work on it is.
-- Amounts are in minor units of the row's currency; positions are those of the first event.

CREATE TABLE case_row (
    id           uuid PRIMARY KEY,
    agency       text NOT NULL,
    position     bigint NOT NULL,
    code         text NOT NULL,
    subject_kind text NOT NULL,
    subject      uuid NOT NULL,
    intermediary text NOT NULL,
    at_risk      bigint NOT NULL,
    currency     text NOT NULL,
    opened_by    text NOT NULL,
    opened_at    timestamptz NOT NULL,
    due_on       date NOT NULL,
    state        text NOT NULL,
    state_at     timestamptz NOT NULL,
    assignee     uuid,
    level        integer NOT NULL,
    resolution   text NOT NULL,
    reason       text NOT NULL,
    notes        integer NOT NULL
);
CREATE INDEX case_newest ON case_row (agency, position);
CREATE INDEX case_state ON case_row (agency, state, position);
CREATE INDEX case_open ON case_row (agency, due_on) WHERE state <> 'closed';
CREATE INDEX case_at_risk ON case_row (agency, at_risk, position);
CREATE INDEX case_repeat ON case_row (agency, code, intermediary, opened_at);
CREATE INDEX case_subject ON case_row (subject);
