UPDATE feesvc.statement SET state = 'accepted' WHERE file = %(id)s AND state = 'read'
