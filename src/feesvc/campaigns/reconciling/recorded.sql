-- Lines that a run explained under a code, without a case.
SELECT line.account, line.native_id AS name, line.reason, line.net, line.currency
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE statement.state = 'accepted' AND line.state = 'placed' AND line.reason = 'B10'
