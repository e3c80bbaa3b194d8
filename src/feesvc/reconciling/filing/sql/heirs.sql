-- Lines that the new statement has no more, and that another accepted file repeated: each with the
-- place of the line that repeated it.
SELECT DISTINCT ON (gone.id) gone.id AS line, gone.number, other.id AS heir,
    other.statement AS heir_statement, other.number AS heir_number
FROM feesvc.told_line AS gone
JOIN feesvc.told_line AS other
    ON other.account = gone.account AND other.leg = gone.leg
    AND other.identity = gone.identity AND other.state = 'repeated'
JOIN feesvc.statement
    ON statement.id = other.statement AND statement.state = 'accepted'
WHERE gone.statement = %(before)s AND gone.number >= 0 AND gone.state = 'stands'
  AND NOT EXISTS (
        SELECT FROM feesvc.told_line AS new
        WHERE new.statement = %(after)s AND new.identity = gone.identity
    )
ORDER BY gone.id, other.id
