-- A state, or a part that the State Treasury pays; once that is all, the refund is paid.
UPDATE refund SET
    by_treasury = refund.by_treasury + change.by_treasury,
    state = CASE WHEN refund.by_treasury + change.by_treasury >= refund.amount THEN 'paid'
                 ELSE coalesce(change.state, refund.state) END,
    state_at = change.at,
    checker = coalesce(change.checker, refund.checker),
    reference = coalesce(change.reference, refund.reference),
    method = coalesce(change.method, refund.method)
FROM unnest(
    %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::bigint[]
) AS change (id, state, at, checker, reference, method, by_treasury)
WHERE refund.id = change.id
