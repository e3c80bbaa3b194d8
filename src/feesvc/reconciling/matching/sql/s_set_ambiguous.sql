INSERT INTO break
SELECT line, identity, gross, currency, 'S20', %(captures)s
FROM item
WHERE line = %(line)s
