-- A group for what is only proposed; its id is made of the run's and the line's.
INSERT INTO feesvc.match_group
    (id, run, agency, leg, rule, rules, how, state, difference, currency, why)
SELECT md5(%(run)s::text || identity)::uuid, %(run)s, %(agency)s, 'S', pass, %(rules)s, how,
    'proposed', 0, currency,
    jsonb_build_object('lost', lost) || CASE
        WHEN day <> other_day THEN jsonb_build_object('line_day', day, 'capture_day', other_day)
        ELSE '{}'
    END
FROM pair
WHERE how = 'fuzzy'
