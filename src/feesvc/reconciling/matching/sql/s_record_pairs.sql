-- What is certain, one row for each pair.
INSERT INTO feesvc.match_pair
    (id, run, agency, line, capture, amount, currency, rule, rules, how, state, why, active)
SELECT feesvc.pair_id(%(run)s, line), %(run)s, %(agency)s, line, capture, gross, currency, pass,
    %(rules)s, how, 'confirmed', CASE
        WHEN day <> other_day THEN jsonb_build_object(
            'lost', lost, 'line_day', day, 'capture_day', other_day
        )
        WHEN lost <> '{}' THEN jsonb_build_object('lost', lost)
    END, true
FROM pair
WHERE how <> 'fuzzy'
