INSERT INTO open_item (agency, currency, account, item, since, amount, intermediary)
SELECT * FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::uuid[], %s::date[], %s::bigint[],
                     %s::text[])
    ON CONFLICT (item, account, currency, agency) DO UPDATE
   SET since = excluded.since, amount = excluded.amount, intermediary = excluded.intermediary
