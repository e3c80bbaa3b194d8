SELECT id, ordinal, currency, identity, sequence, starts_on, ends_on, opening, closing, count,
    gross, commission, tax, net, state, superseded_by, file
FROM feesvc.statement
WHERE account = %(account)s AND currency = %(currency)s AND identity = %(identity)s
    AND state = 'accepted'
