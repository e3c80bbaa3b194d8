SELECT id, ordinal, currency, identity, sequence, starts_on, ends_on, opening, closing, count,
    gross, commission, tax, net, state, superseded_by, file
FROM feesvc.statement WHERE file = %(file)s ORDER BY ordinal
