-- What the open lines of each batch come to.
SELECT line.account, statement.identity, sum(line.net)::bigint AS net
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE statement.state = 'accepted' AND line.leg = 'S' AND line.state = 'open'
GROUP BY line.account, statement.identity
