UPDATE feesvc.log SET position = %s WHERE name = %s
