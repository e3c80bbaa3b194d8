INSERT INTO refund (id, transfer, method, amount)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bigint[])
ON CONFLICT (id, transfer) DO UPDATE SET method = excluded.method, amount = excluded.amount
