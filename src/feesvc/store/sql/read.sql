SELECT position, stream, version, topic, form, state, agency, recorded_at, actor, command, cause
  FROM feesvc.event
 WHERE log = %(log)s AND position > %(after)s
 ORDER BY position
 LIMIT %(limit)s
