INSERT INTO feesvc.match_member ("group", side, item, amount, active)
VALUES (%(group)s, %(side)s, %(item)s, %(amount)s, %(active)s)
