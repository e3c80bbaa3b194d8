UPDATE reclassification SET state = change.state, checker = change.checker, state_at = change.at
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
    AS change (id, state, checker, at)
WHERE reclassification.id = change.id
