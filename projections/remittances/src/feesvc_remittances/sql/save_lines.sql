INSERT INTO fee_line SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[],
                                          %s::text[], %s::jsonb[])
