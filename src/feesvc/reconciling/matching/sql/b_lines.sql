-- The open lines of a bank account, up to the day.
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.batch, line.keys, line.net, line.currency, line.value_on,
    line.number, statement.identity AS statement
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE line.account = %(account)s AND line.leg IN ('B', 'T') AND line.state = 'open'
  AND statement.ends_on <= %(as_of)s
