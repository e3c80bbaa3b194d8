INSERT INTO bucket AS held (transfer, place, assessment, line, beneficiary, reason, amount, since)
SELECT * FROM unnest(
    %s::uuid[], %s::text[], %s::uuid[], %s::integer[], %s::text[], %s::text[], %s::bigint[],
    %s::timestamptz[]
)
ON CONFLICT (transfer, place, assessment, line, beneficiary) DO UPDATE SET
    reason = coalesce(nullif(excluded.reason, ''), held.reason),
    amount = held.amount + excluded.amount
