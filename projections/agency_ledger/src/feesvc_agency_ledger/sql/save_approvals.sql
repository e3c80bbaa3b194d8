INSERT INTO approval (refund, method, taken)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::jsonb[])
    ON CONFLICT (refund) DO UPDATE SET method = excluded.method, taken = excluded.taken
 WHERE (approval.method, approval.taken) IS DISTINCT FROM (excluded.method, excluded.taken)
