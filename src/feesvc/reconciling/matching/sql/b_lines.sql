-- The open lines of a bank account, up to the day.
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.batch, line.keys, line.net, line.currency, line.value_on,
    line.number, statement.identity AS statement
FROM feesvc.unmatched_line AS unmatched
JOIN feesvc.told_line AS line ON line.id = unmatched.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE unmatched.account = %(account)s AND unmatched.leg IN ('B', 'T') AND unmatched.state = 'open'
  AND statement.ends_on <= %(as_of)s
