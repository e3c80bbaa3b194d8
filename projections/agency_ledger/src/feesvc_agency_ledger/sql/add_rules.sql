INSERT INTO rules_in_force (version, since) VALUES (%s, %s)
