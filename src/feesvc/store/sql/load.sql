SELECT e.position, e.stream, e.version, e.topic, e.form, e.state
  FROM unnest(%(streams)s, %(versions)s) AS known (stream, version)
  JOIN feesvc.event e
    ON e.log = %(log)s AND e.stream = known.stream AND e.version > known.version
 ORDER BY e.stream, e.version
