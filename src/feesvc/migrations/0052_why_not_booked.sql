ALTER TABLE feesvc.match_break ADD why text NOT NULL DEFAULT '';
COMMENT ON COLUMN feesvc.match_break.why IS 'what refused to book the line, in words';
