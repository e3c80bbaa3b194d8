SELECT * FROM capture WHERE id = ANY (%s) OR transfer = ANY (%s)
