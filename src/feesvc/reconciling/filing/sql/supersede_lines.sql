-- What was changed or removed stands no more; says which lines that were.
UPDATE feesvc.line AS b
SET state = 'superseded', reason = was.state
FROM feesvc.line AS was
WHERE b.id = was.id AND b.statement = %(before)s AND b.number >= 0 AND b.state <> 'superseded'
RETURNING b.id, was.state AS was
