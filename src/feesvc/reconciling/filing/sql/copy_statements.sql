COPY feesvc.statement (
    id, file, ordinal, agency, source, account, currency, identity, sequence, starts_on, ends_on,
    opening, closing, count, gross, commission, tax, net, state
) FROM STDIN
