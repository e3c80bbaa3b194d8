COPY awaited (
    id, agency, account, kind, keys, amount, done, currency, on_day, state, position
) FROM STDIN
