COPY feesvc.told_line (
    statement, number, place, agency, account, leg, identity, native_id, kind, transaction,
    reference, original, told_transaction, told_reference, told_original, batch, keys, gross,
    commission, tax, net, currency, occurred_at, value_on, content
) FROM STDIN
