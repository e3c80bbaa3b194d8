COPY case_row (
    id, agency, position, code, subject_kind, subject, intermediary, at_risk, currency, opened_by, opened_at,
    due_on, state, state_at, assignee, level, resolution, reason, notes
) FROM STDIN
