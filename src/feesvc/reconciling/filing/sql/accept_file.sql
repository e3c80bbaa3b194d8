UPDATE feesvc.source_file SET state = 'accepted' WHERE id = %(id)s
