UPDATE payment SET attempt = change.attempt, attempt_at = change.at
FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS change (id, attempt, at)
WHERE payment.id = change.id
