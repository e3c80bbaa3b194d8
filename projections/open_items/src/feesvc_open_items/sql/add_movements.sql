INSERT INTO movement SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::uuid[],
                                          %s::bigint[])
