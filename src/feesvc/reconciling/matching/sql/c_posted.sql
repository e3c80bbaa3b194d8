UPDATE feesvc.match_group SET state = 'posted' WHERE id = ANY (%(groups)s) AND state = 'confirmed'
