-- Lines of a file by their ids, all of them or those that stand so; of a superseded statement too.
SELECT l.id, l.number, l.place, l.leg, l.identity, l.native_id, l.kind, l.transaction, l.reference,
    l.original, l.told_transaction, l.told_reference, l.told_original, l.batch, l.keys,
    l.gross, l.commission, l.tax, l.net, l.currency, l.occurred_at, l.value_on, l.state, l.reason
FROM feesvc.line AS l
JOIN feesvc.statement AS s ON s.id = l.statement
WHERE s.file = %(file)s AND l.id > %(after)s
  AND (%(state)s::text IS NULL OR l.state = %(state)s)
ORDER BY l.id
LIMIT %(limit)s
