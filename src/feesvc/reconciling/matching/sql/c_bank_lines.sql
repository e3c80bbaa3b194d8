-- Bank lines with the hash of the file that they stand in.
SELECT line.*, file.sha256
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
JOIN feesvc.source_file AS file ON file.id = statement.file
WHERE line.id = ANY (%(lines)s)
ORDER BY line.value_on, line.id
