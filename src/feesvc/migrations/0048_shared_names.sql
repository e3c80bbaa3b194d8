-- Whether a bank's line is named by its identity, because the bank's own name of it was another
-- line's before. Decided once, when the line is accepted: it is booked under that name for good.

ALTER TABLE feesvc.line ADD shared boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN feesvc.line.shared IS 'its native id was another line''s before';
UPDATE feesvc.line SET shared = true
WHERE leg IN ('B', 'T') AND native_id <> '' AND state NOT IN ('read', 'repeated') AND EXISTS (
    SELECT FROM feesvc.line AS twin
    WHERE twin.account = line.account AND twin.leg IN ('B', 'T')
      AND twin.native_id = line.native_id AND twin.identity <> line.identity
      AND twin.state NOT IN ('read', 'repeated') AND twin.id < line.id
);
