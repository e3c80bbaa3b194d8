-- A match that a person proposes, under a run of its own that looked at nothing else.
WITH run AS (
    INSERT INTO feesvc.match_run (
        id, agency, account, leg, started_at, started_by, as_of, rules, calendar, log_position,
        inputs, result, state
    )
    SELECT %(id)s, %(agency)s, %(account)s, %(leg)s, %(at)s, %(by)s, %(as_of)s, 0, %(calendar)s,
        position, %(digest)s, %(digest)s, 'concluded'
    FROM feesvc.projection
    WHERE name = 'captures'
    RETURNING id
)
INSERT INTO feesvc.match_group
    (id, run, agency, leg, rule, rules, how, state, difference, currency, why)
SELECT id, id, %(agency)s, %(leg)s, 'manual', 0, %(how)s, 'proposed', %(difference)s,
    %(currency)s, %(why)s
FROM run
