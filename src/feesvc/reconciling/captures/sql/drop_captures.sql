DELETE FROM capture WHERE id = ANY (%s)
