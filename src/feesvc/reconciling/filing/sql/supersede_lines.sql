-- What was changed or removed stands no more; each line says how it stood.
WITH unmatched AS (
    DELETE FROM feesvc.unmatched_line
    USING feesvc.told_line AS told
    WHERE unmatched_line.line = told.id AND told.statement = %(before)s AND told.number >= 0
)
UPDATE feesvc.told_line AS b
SET state = 'superseded',
    reason = CASE was.state WHEN 'placed' THEN 'placed:' || was.reason ELSE was.state END
FROM feesvc.line AS was
WHERE b.id = was.id AND b.statement = %(before)s AND b.number >= 0 AND b.state <> 'superseded'
