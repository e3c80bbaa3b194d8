COPY reclassification (
    id, agency, position, transfer, purpose, place, amount, currency, reason, maker, digest,
    needs_second, requested_at, state, checker, state_at
) FROM STDIN
