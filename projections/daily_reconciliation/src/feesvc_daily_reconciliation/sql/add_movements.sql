INSERT INTO movement
SELECT new.* FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::uuid[], %s::bigint[],
                         %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
    AS new (position, number, kind, id, captured, gross, commission, tax, net, banked)
  JOIN item USING (id, kind)
