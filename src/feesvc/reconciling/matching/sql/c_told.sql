UPDATE feesvc.match_break SET concluded = true WHERE run = %(run)s AND line = ANY (%(lines)s)
