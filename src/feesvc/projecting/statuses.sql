SELECT p.name, p.version, p.position,
       greatest(coalesce(l.position, 0) - p.position, 0) AS lag, p.updated_at, p.stopped
  FROM feesvc.projection p LEFT JOIN feesvc.log l ON l.name = %s
 ORDER BY p.name COLLATE "C"
