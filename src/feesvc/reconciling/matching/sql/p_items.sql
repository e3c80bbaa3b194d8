-- The settlement lines of the period, as a run that had not seen them.
INSERT INTO item
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.gross, line.net, line.currency,
    (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, line.value_on, line.statement,
    statement.identity, line.number
FROM pool
JOIN feesvc.told_line AS line ON line.id = pool.line
JOIN feesvc.statement ON statement.id = line.statement
