-- The lines of one settlement, each with what has been found of it.
SELECT l.identity, l.place, l.native_id, l.kind, l.told_transaction AS transaction,
    l.told_reference AS reference, l.gross, l.commission, l.tax, l.net, l.currency, l.state,
    l.reason, l.leg
FROM feesvc.line AS l
WHERE l.statement = %(statement)s AND l.state NOT IN ('read', 'superseded')
ORDER BY l.number
