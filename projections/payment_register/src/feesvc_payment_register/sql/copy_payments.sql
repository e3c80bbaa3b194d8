COPY payment (
    id, agency, position, portal, account, intermediary, reference, amount, currency, dossier,
    initiated_at, expires_at, attempt, attempt_at, state
) FROM STDIN
