SELECT state FROM feesvc.source_file WHERE id = %(id)s FOR UPDATE
