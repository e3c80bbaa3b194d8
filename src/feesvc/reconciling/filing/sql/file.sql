SELECT * FROM feesvc.source_file WHERE id = %(id)s
