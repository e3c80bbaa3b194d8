-- The open lines of the account, up to the day.
INSERT INTO item
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.gross, line.net, line.currency,
    (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, line.value_on, line.statement,
    statement.identity, line.number
FROM feesvc.unmatched_line AS unmatched
JOIN feesvc.told_line AS line ON line.id = unmatched.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE unmatched.account = %(account)s AND unmatched.leg = 'S' AND unmatched.state = 'open'
  AND statement.ends_on <= %(as_of)s
