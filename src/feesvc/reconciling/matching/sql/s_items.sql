-- The open lines of the account, up to the day.
INSERT INTO item
SELECT line.id, line.identity, line.kind, line.transaction, line.reference, line.original,
    line.gross, line.net, line.currency,
    (line.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, line.value_on, line.statement,
    statement.identity, line.number
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE line.account = %(account)s AND line.leg = 'S' AND line.state = 'open'
  AND statement.ends_on <= %(as_of)s
