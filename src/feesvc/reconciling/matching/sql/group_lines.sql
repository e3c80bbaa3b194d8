-- The lines of a group, as whoever books or reverses them names them.
SELECT line.*, statement.identity AS batch_identity,
    line.native_id <> '' AND NOT EXISTS (
        SELECT FROM feesvc.line AS twin
        WHERE twin.statement = line.statement AND twin.native_id = line.native_id
          AND twin.id <> line.id
    ) AS proved
FROM feesvc.every_member AS member
JOIN feesvc.line ON line.id = member.line
JOIN feesvc.statement ON statement.id = line.statement
WHERE member."group" = %(id)s AND member.side = 'B'
ORDER BY line.id
