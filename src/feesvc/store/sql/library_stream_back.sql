SELECT stream, version, topic, state, form
  FROM feesvc.event
 WHERE log = %(log)s AND stream = %(stream)s AND version > %(gt)s AND version <= %(lte)s
 ORDER BY version DESC
 LIMIT %(limit)s
