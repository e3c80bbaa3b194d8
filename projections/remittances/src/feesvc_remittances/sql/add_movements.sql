INSERT INTO movement
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::date[], %s::text[],
                     %s::text[], %s::text[], %s::jsonb[], %s::bigint[], %s::bigint[], %s::bigint[],
                     %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
