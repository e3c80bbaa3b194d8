INSERT INTO item (id, kind, agency, currency, via, intermediary, reference, reason, since, amount)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                     %s::text[], %s::text[], %s::date[], %s::bigint[])
    ON CONFLICT (id, kind) DO UPDATE
   SET amount = item.amount + excluded.amount,
       since = least(item.since, excluded.since),
       reason = CASE WHEN item.reason = '' THEN excluded.reason ELSE item.reason END
