-- What is due by now, the longest overdue first.
SELECT at, position, step
FROM feesvc.due
WHERE process = %(process)s AND log = %(log)s AND at <= %(now)s
ORDER BY at, position, step
LIMIT %(limit)s
