INSERT INTO refund_line SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[])
    ON CONFLICT (batch, line) DO UPDATE SET refund = excluded.refund
