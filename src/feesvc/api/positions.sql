-- How far a projection has come, and the log.
SELECT p.position, l.position
  FROM feesvc.projection p CROSS JOIN feesvc.log l
 WHERE p.name = %(projection)s AND l.name = %(log)s
