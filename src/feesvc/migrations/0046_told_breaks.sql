-- Which of the breaks that were told to people have been explained since.

ALTER TABLE feesvc.match_break ADD explained boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN feesvc.match_break.explained IS 'its line is matched, booked or named otherwise';
CREATE INDEX match_break_told ON feesvc.match_break (line) WHERE concluded AND NOT explained;
