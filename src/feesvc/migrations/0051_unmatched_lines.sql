-- What a line says never changes; how it stands does, for each line of a run. So the two are apart:
-- lines that nothing matched have a narrow row here each, and a match takes it away.

ALTER TABLE feesvc.line RENAME TO told_line;
COMMENT ON TABLE feesvc.told_line IS 'what one line of a file says';
DROP INDEX feesvc.line_open, feesvc.line_once;

CREATE TABLE feesvc.unmatched_line (
    line bigint PRIMARY KEY,
    account uuid NOT NULL,
    leg "char" NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'placed')),
    reason text NOT NULL DEFAULT ''
);
COMMENT ON TABLE feesvc.unmatched_line IS 'lines that stand, without those that were matched';
COMMENT ON COLUMN feesvc.unmatched_line.state
    IS 'placed: booked without a counterpart, as a case says';
INSERT INTO feesvc.unmatched_line (line, account, leg, state, reason)
SELECT id, account, leg, state, reason
FROM feesvc.told_line
WHERE state IN ('open', 'placed');
CREATE INDEX unmatched_line_open ON feesvc.unmatched_line (account, leg) WHERE state = 'open';
CREATE INDEX unmatched_line_to_batch ON feesvc.unmatched_line (account)
    WHERE reason = 'to_batch';

ALTER TABLE feesvc.told_line DROP CONSTRAINT line_state_check;
UPDATE feesvc.told_line SET state = 'stands', reason = ''
WHERE state IN ('open', 'matched', 'placed');
ALTER TABLE feesvc.told_line
    ADD CHECK (state IN ('read', 'stands', 'repeated', 'superseded'));
COMMENT ON COLUMN feesvc.told_line.state
    IS 'stands: it counts, matched unless feesvc.unmatched_line has it';
CREATE UNIQUE INDEX line_once ON feesvc.told_line (account, leg, identity) WHERE state = 'stands';
CREATE INDEX line_repeated ON feesvc.told_line (account, leg, identity) WHERE state = 'repeated';

CREATE VIEW feesvc.line AS
SELECT told.id, told.statement, told.number, told.place, told.agency, told.account, told.leg,
    told.identity, told.native_id, told.kind, told.transaction, told.reference, told.original,
    told.told_transaction, told.told_reference, told.told_original, told.batch, told.keys,
    told.gross, told.commission, told.tax, told.net, told.currency, told.occurred_at,
    told.value_on,
    coalesce(unmatched.state, CASE told.state WHEN 'stands' THEN 'matched' ELSE told.state END)
        AS state,
    coalesce(unmatched.reason, told.reason) AS reason, told.shared
FROM feesvc.told_line AS told
LEFT JOIN feesvc.unmatched_line AS unmatched ON unmatched.line = told.id;
COMMENT ON VIEW feesvc.line
    IS 'lines and how they stand; whoever looks for open ones begins at feesvc.unmatched_line';
