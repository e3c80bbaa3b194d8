UPDATE feesvc.match_run SET state = 'concluded', numbers = %(numbers)s WHERE id = %(id)s
