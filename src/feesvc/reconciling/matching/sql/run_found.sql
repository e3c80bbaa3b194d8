UPDATE feesvc.match_run SET inputs = %(inputs)s, result = %(result)s, numbers = %(numbers)s
WHERE id = %(id)s
