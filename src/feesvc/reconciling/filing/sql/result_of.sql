SELECT statement.id, statement.account, statement.identity, statement.currency,
    coalesce(statement.starts_on, statement.ends_on) AS starts_on, statement.ends_on,
    statement.count, statement.net, file.received_at, file.sha256
FROM feesvc.statement
JOIN feesvc.source_file AS file ON file.id = statement.file
WHERE statement.id = %(statement)s AND statement.agency = %(agency)s
  AND statement.source = 'settlement' AND statement.state = 'accepted'
