INSERT INTO finding (id, opened, subject, code) VALUES (%s, %s, %s, %s)
