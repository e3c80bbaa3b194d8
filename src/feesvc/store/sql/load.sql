SELECT found.position, found.stream, found.version, found.topic, found.form, found.state
  FROM unnest(%(streams)s, %(versions)s) AS known (stream, version)
 CROSS JOIN LATERAL (
    SELECT * FROM feesvc.event e
     WHERE e.log = %(log)s AND e.stream = known.stream AND e.version > known.version
    OFFSET 0
 ) found
 ORDER BY found.stream, found.version
