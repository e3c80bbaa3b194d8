-- Bank lines, and where they stand in which file.
SELECT line.*, file.sha256, file.id AS file, statement.ordinal
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
JOIN feesvc.source_file AS file ON file.id = statement.file
WHERE line.id = ANY (%(lines)s)
ORDER BY line.value_on, line.id
