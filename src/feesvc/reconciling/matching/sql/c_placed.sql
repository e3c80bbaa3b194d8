UPDATE feesvc.unmatched_line SET state = 'placed', reason = %(reason)s WHERE line = ANY (%(lines)s)
