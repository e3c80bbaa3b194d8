SELECT position, stream, version, topic, form, state
  FROM feesvc.event
 WHERE log = %(log)s AND position >= %(start)s AND position <= %(stop)s
   AND (%(topics)s::text[] IS NULL OR topic = ANY (%(topics)s))
 ORDER BY position
 LIMIT %(limit)s
