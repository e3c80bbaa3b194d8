COPY assessment (
    id, agency, position, dossier, notice, procedure, portal, channel, subject, submitted_on,
    due_on, raised_at, currency, total, collected, state, state_at
) FROM STDIN
