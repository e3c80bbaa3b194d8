-- What a batch changed of cases that stand: null leaves a column as it was.
UPDATE case_row SET
    code = coalesce(change.code, case_row.code),
    at_risk = coalesce(change.at_risk, case_row.at_risk),
    due_on = coalesce(change.due_on, case_row.due_on),
    state = coalesce(change.state, case_row.state),
    state_at = coalesce(change.state_at, case_row.state_at),
    assignee = coalesce(change.assignee, case_row.assignee),
    level = coalesce(change.level, case_row.level),
    resolution = coalesce(change.resolution, case_row.resolution),
    reason = coalesce(change.reason, case_row.reason),
    notes = case_row.notes + change.notes
FROM unnest(
    %s::uuid[], %s::text[], %s::bigint[], %s::date[], %s::text[], %s::timestamptz[], %s::uuid[],
    %s::integer[], %s::text[], %s::text[], %s::integer[]
) AS change (
    id, code, at_risk, due_on, state, state_at, assignee, level, resolution, reason, notes
)
WHERE case_row.id = change.id
