UPDATE feesvc.projection SET stopped = %s WHERE name = %s
