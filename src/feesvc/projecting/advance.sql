UPDATE feesvc.projection SET position = %s, updated_at = clock_timestamp(), stopped = ''
 WHERE name = %s
