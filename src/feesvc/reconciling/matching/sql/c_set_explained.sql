UPDATE feesvc.match_break SET explained = true
WHERE line = %(line)s AND code = %(code)s AND concluded AND NOT explained
