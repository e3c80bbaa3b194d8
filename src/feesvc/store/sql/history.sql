SELECT position, stream, version, topic, form, state, agency, recorded_at, actor, command, cause
  FROM feesvc.event
 WHERE log = %(log)s AND stream = %(stream)s
 ORDER BY version
