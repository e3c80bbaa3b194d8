SELECT s.notification_id AS position, s.originator_id AS stream, s.originator_version AS version,
       s.topic, s.state, f.agency, c.recorded_at, c.actor, c.id AS command, c.cause
  FROM stock.stock_events s
  JOIN stock.fact f ON f.stream = s.originator_id AND f.version = s.originator_version
  JOIN stock.command c ON c.id = f.command
 WHERE s.originator_id = %(stream)s AND s.originator_version > %(after)s
 ORDER BY s.originator_version
 LIMIT %(limit)s::bigint
