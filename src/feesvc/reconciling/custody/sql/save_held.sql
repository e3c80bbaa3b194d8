INSERT INTO held (transfer, item, beneficiary, agency, currency, amount)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
