-- Which of these orders were ours when the captures stood where they stand.
SELECT stream
FROM feesvc.event
WHERE stream = ANY (%(orders)s) AND version = 1
  AND position <= (SELECT position FROM feesvc.projection WHERE name = 'captures')
