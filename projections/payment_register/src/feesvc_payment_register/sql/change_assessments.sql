UPDATE assessment SET
    total = assessment.total + change.total,
    collected = assessment.collected + change.collected,
    state = coalesce(change.state, assessment.state),
    state_at = coalesce(change.state_at, assessment.state_at)
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[])
    AS change (id, total, collected, state, state_at)
WHERE assessment.id = change.id
