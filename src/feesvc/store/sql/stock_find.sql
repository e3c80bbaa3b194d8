SELECT 'repeat' AS verdict, coalesce(min(s.notification_id), 0) AS first,
       coalesce(max(s.notification_id), 0) AS last, c.recorded_at, c.fingerprint, c.status,
       c.location, c.answer
  FROM stock.command c
  LEFT JOIN stock.fact f ON f.command = c.id
  LEFT JOIN stock.stock_events s
    ON s.originator_id = f.stream AND s.originator_version = f.version
 WHERE c.id = %(id)s
 GROUP BY c.id
