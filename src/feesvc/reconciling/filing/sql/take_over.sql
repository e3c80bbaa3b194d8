-- Unchanged lines, second step: the rows that stood, with their matches, go to the new statement.
UPDATE feesvc.told_line AS b
SET statement = a.statement, number = -a.number - 1
FROM feesvc.told_line AS a
WHERE a.statement = %(after)s AND a.number < 0 AND b.statement = %(before)s
    AND a.identity = CASE b.told_as WHEN '' THEN b.identity ELSE b.told_as END
