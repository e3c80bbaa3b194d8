INSERT INTO found VALUES (%(match)s, %(item)s, %(line)s, %(proposed)s)
