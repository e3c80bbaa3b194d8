-- The run of an account that was begun and not ended.
SELECT run.*,
    (SELECT count(*) FROM feesvc.match_group AS made
        WHERE made.run = run.id AND made.how <> 'fuzzy')
    + (SELECT count(*) FROM feesvc.match_pair AS pair
        WHERE pair.run = run.id AND pair.id
            BETWEEN feesvc.pair_id(run.id, 0) AND feesvc.pair_id(run.id, 9223372036854775807)
    ) AS groups,
    (SELECT count(*) FROM feesvc.match_group AS made
        WHERE made.run = run.id AND made.how = 'fuzzy') AS proposals,
    (SELECT coalesce(jsonb_object_agg(code, lines), '{}') FROM (
        SELECT code, count(*) AS lines FROM feesvc.match_break AS left_over
        WHERE left_over.run = run.id GROUP BY code
    ) AS counted) AS breaks
FROM feesvc.match_run AS run
WHERE run.account = %(account)s AND run.leg = %(leg)s AND run.state = 'under_way'
