SELECT * FROM capture WHERE id = ANY (%s)
