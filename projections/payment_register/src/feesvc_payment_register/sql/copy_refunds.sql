COPY refund (
    id, agency, position, portal, maker, amount, currency, reason, subject, requested_at,
    checker, reference, method, by_treasury, state, state_at
) FROM STDIN
