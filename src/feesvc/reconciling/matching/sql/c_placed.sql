UPDATE feesvc.line SET state = 'placed', reason = %(reason)s WHERE id = ANY (%(lines)s)
