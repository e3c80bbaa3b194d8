SELECT position FROM feesvc.log WHERE name = %(log)s
