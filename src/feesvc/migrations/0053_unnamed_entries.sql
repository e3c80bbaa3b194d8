-- A bank's entry without a name of its own is told by the reports of its day and by the statement that
-- closes it, under an identity in each: only what it says shows that they tell the same. Rows do not
-- hold all of what lines said, so lines recorded before this count as named: a statement does not
-- find in them what it repeats.

ALTER TABLE feesvc.told_line
    ADD content text NOT NULL DEFAULT '',
    ADD told_as text NOT NULL DEFAULT '';
COMMENT ON COLUMN feesvc.told_line.content
    IS 'hash of what an entry without a name says; the identities of reports begin with it';
COMMENT ON COLUMN feesvc.told_line.told_as
    IS 'identity of the line whose place it took, where that is not its own';
CREATE INDEX line_unnamed ON feesvc.told_line (account, leg, content) WHERE content <> '';
CREATE INDEX line_unnamed_of ON feesvc.told_line (statement, identity) WHERE content <> '';

CREATE VIEW feesvc.unnamed_line AS
SELECT told.id, told.account, told.leg, told.content, told.statement, said.identity AS told,
    NOT starts_with(said.identity, told.content) AS closed,
    coalesce(meant.identity, told.identity) AS entry,
    CASE told.state WHEN 'stands' THEN told.id ELSE booked.id END AS line
FROM feesvc.told_line AS told
CROSS JOIN LATERAL (
    SELECT CASE told.told_as WHEN '' THEN told.identity ELSE told.told_as END AS identity
) AS said
LEFT JOIN feesvc.told_line AS meant
    ON meant.id = CASE told.state WHEN 'repeated' THEN substr(told.reason, 6)::bigint END
LEFT JOIN LATERAL (
    SELECT one.id FROM feesvc.told_line AS one
    WHERE one.account = told.account AND one.leg = told.leg AND one.identity = meant.identity
        AND one.state = 'stands'
    OFFSET 0 -- by line_once, one for one, however few rows are thought to be there
) AS booked ON true
WHERE told.content <> '' AND told.state IN ('stands', 'repeated');
COMMENT ON VIEW feesvc.unnamed_line
    IS 'what accepted files tell of entries without a name: each entry stands once, whoever tells it';
COMMENT ON COLUMN feesvc.unnamed_line.closed IS 'told by a closed statement, not by a report';
COMMENT ON COLUMN feesvc.unnamed_line.entry IS 'identity of the line that stands for it';
COMMENT ON COLUMN feesvc.unnamed_line.line IS 'the line that stands for it';
