-- A run begins; what it looks at and finds is not known yet.
INSERT INTO feesvc.match_run (
    id, agency, account, leg, started_at, started_by, as_of, rules, calendar, log_position, inputs,
    result, state
)
SELECT %(id)s, %(agency)s, %(account)s, %(leg)s, %(at)s, %(by)s, %(as_of)s, %(rules)s,
    %(calendar)s, position, '', '', %(state)s
FROM feesvc.projection
WHERE name = 'captures'
