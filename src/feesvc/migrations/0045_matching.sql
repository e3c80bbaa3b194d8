-- What a run could not match, with the code of the difference, and the numbers of the run.

ALTER TABLE feesvc.match_run ADD numbers jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN feesvc.match_run.numbers IS 'lines and sums by disposition, as the run left them';
CREATE UNIQUE INDEX match_run_under_way ON feesvc.match_run (account, leg)
    WHERE state = 'under_way';

CREATE TABLE feesvc.match_break (
    run uuid NOT NULL REFERENCES feesvc.match_run,
    line bigint NOT NULL REFERENCES feesvc.line,
    code text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    candidates text[] NOT NULL,
    concluded boolean NOT NULL DEFAULT false,
    PRIMARY KEY (run, line)
);
COMMENT ON TABLE feesvc.match_break IS 'a line that a run explained by a code instead of a match';
COMMENT ON COLUMN feesvc.match_break.candidates IS 'items it may be about, as members name them';
CREATE INDEX match_group_run ON feesvc.match_group (run, id);
CREATE INDEX match_group_agency ON feesvc.match_group (agency, state, id);
CREATE INDEX match_member_past ON feesvc.match_member (item) WHERE NOT active;
