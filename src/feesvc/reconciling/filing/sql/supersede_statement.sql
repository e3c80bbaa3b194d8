UPDATE feesvc.statement SET state = 'superseded', superseded_by = %(after)s
WHERE id = %(before)s AND state = 'accepted'
RETURNING file
