-- What a pass explained is no item of the next one.
DELETE FROM item
USING (SELECT line FROM pair WHERE pass = %(pass)s UNION ALL SELECT line FROM break) AS done
WHERE item.line = done.line
