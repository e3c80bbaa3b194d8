INSERT INTO feesvc.match_group
    (id, run, agency, leg, rule, rules, how, state, difference, currency, why)
VALUES (%(id)s, %(run)s, %(agency)s, 'B', %(rule)s, %(rules)s, %(how)s, %(state)s, %(difference)s,
    %(currency)s, %(why)s)
