UPDATE refund SET
    state = change.state,
    state_at = change.at,
    checker = coalesce(change.checker, refund.checker),
    reference = coalesce(change.reference, refund.reference),
    method = coalesce(change.method, refund.method)
FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])
    AS change (id, state, at, checker, reference, method)
WHERE refund.id = change.id
