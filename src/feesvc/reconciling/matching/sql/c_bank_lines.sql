-- Bank lines, where they stand in which file, and whether an earlier line has the bank's name of it.
SELECT line.*, file.sha256, file.id AS file, statement.ordinal,
    line.native_id <> '' AND EXISTS (
        SELECT FROM feesvc.line AS twin
        WHERE twin.account = line.account AND twin.leg IN ('B', 'T') AND twin.native_id <> ''
          AND twin.native_id = line.native_id AND twin.identity <> line.identity
          AND twin.state NOT IN ('read', 'repeated') AND twin.id < line.id
    ) AS shared
FROM feesvc.line
JOIN feesvc.statement ON statement.id = line.statement
JOIN feesvc.source_file AS file ON file.id = statement.file
WHERE line.id = ANY (%(lines)s)
ORDER BY line.value_on, line.id
