-- Cases of anything but lines are not here.
INSERT INTO line_open (id, opened) SELECT id, %(position)s FROM line WHERE id = %(case)s
