SELECT position, stream, version, topic, form, state, agency, recorded_at, actor, command, cause
  FROM feesvc.event
 WHERE log = %(log)s AND stream = %(stream)s AND version > %(after)s
 ORDER BY version
 LIMIT %(limit)s::bigint
