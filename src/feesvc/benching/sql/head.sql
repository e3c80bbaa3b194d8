SELECT position FROM feesvc.log WHERE name = %s
