INSERT INTO transfer (id, agency, currency, banked_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[])
ON CONFLICT (id) DO UPDATE SET banked_at = excluded.banked_at
