-- Unchanged lines, third step: the old statement stays readable by the new rows of equal content.
UPDATE feesvc.told_line AS a
SET statement = %(before)s
WHERE a.statement = %(after)s AND a.number < 0
