UPDATE feesvc.projection
   SET version = %s, position = %s, updated_at = clock_timestamp(), stopped = ''
 WHERE name = %s
