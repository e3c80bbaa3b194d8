UPDATE finding SET closed = %s WHERE id = %s AND closed IS NULL
