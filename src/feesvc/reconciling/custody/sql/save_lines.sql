INSERT INTO line (assessment, number, agency, currency, unsplit, unsplit_budget, share)
SELECT * FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
                     %s::bigint[])
