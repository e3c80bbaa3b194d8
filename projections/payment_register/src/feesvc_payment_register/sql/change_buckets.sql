INSERT INTO bucket AS held (transfer, place, assessment, line, beneficiary, reason, amount)
SELECT * FROM unnest(
    %s::uuid[], %s::text[], %s::uuid[], %s::integer[], %s::text[], %s::text[], %s::bigint[]
)
ON CONFLICT (transfer, place, assessment, line) DO UPDATE SET
    beneficiary = coalesce(nullif(excluded.beneficiary, ''), held.beneficiary),
    reason = coalesce(nullif(excluded.reason, ''), held.reason),
    amount = held.amount + excluded.amount
