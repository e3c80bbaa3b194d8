INSERT INTO item (id, kind, agency, currency, intermediary, day)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[])
    ON CONFLICT (id, kind) DO UPDATE SET day = least(item.day, excluded.day)
 WHERE excluded.day < item.day
