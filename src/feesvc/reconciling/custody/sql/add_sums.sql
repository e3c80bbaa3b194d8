INSERT INTO sum AS s (agency, currency, item, amount)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[])
ON CONFLICT (agency, currency, item) DO UPDATE SET amount = s.amount + excluded.amount
