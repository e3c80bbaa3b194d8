INSERT INTO claim (id, agency, currency, amount)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[])
ON CONFLICT (id) DO UPDATE SET amount = excluded.amount
