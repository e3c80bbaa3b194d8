INSERT INTO line (id, agency, currency, reference, reason, since, amount)
VALUES (%(case)s, %(agency)s, %(currency)s, %(reference)s, %(reason)s, %(since)s, %(amount)s)
