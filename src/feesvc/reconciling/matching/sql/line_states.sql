UPDATE feesvc.line SET state = %(state)s, reason = '' WHERE id = ANY (%(lines)s)
