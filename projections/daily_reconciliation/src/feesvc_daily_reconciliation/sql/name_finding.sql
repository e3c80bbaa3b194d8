UPDATE finding SET code = %s WHERE id = %s AND closed IS NULL
