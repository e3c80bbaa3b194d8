UPDATE line_open SET ended = %(position)s WHERE id = %(case)s AND ended IS NULL
