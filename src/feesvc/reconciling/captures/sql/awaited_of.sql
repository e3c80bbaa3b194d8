SELECT * FROM awaited WHERE id = ANY (%s)
