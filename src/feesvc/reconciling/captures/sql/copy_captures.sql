COPY capture (
    id, agency, account, kind, transfer, refund, transaction, reference, original, amount,
    currency, occurred_at, state, position
) FROM STDIN
