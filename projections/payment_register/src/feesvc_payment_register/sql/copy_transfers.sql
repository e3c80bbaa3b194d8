COPY transfer (
    id, agency, position, payment, via, intermediary, account, transaction, reference, source,
    amount, currency, occurred_at, batch, on_lines, credit, suspense, paying, disputed, lost,
    reversed, disclaimed
) FROM STDIN
