INSERT INTO closing (agency, name, starts_on, ends_on, since, closed) VALUES (%s, %s, %s, %s, %s, %s)
