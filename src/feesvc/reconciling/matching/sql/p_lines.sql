-- The bank lines of the period, as a run that had not seen them.
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.batch, line.keys, line.net, line.currency, line.value_on,
    line.number, statement.identity AS statement
FROM pool
JOIN feesvc.told_line AS line ON line.id = pool.line
JOIN feesvc.statement ON statement.id = line.statement
