-- Every line that stands and is under a code, with what a file calls it.
SELECT line.agency, line.account, line.native_id, line.reason, line.state
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE line.reason <> '' AND statement.state = 'accepted'
ORDER BY line.id
