-- The first three and the last three lines of a statement.
(
    SELECT id, number, place, leg, identity, native_id, kind, transaction, reference, original,
        told_transaction, told_reference, told_original, batch, keys, gross,
        commission, tax, net, currency, occurred_at, value_on, state, reason
    FROM feesvc.line WHERE statement = %(statement)s ORDER BY number LIMIT 3
)
UNION
(
    SELECT id, number, place, leg, identity, native_id, kind, transaction, reference, original,
        told_transaction, told_reference, told_original, batch, keys, gross,
        commission, tax, net, currency, occurred_at, value_on, state, reason
    FROM feesvc.line WHERE statement = %(statement)s ORDER BY number DESC LIMIT 3
)
ORDER BY number
