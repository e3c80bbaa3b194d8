DELETE FROM awaited WHERE id = ANY (%s)
