UPDATE feesvc.line SET state = 'matched', reason = '' WHERE id = ANY (%(lines)s)
