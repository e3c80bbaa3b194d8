SELECT id, state FROM case_row WHERE id = ANY (%s)
