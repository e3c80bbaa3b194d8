-- Lines that the new statement has no more, and that another accepted file repeated: each with the
-- place of the line that repeated it. An entry without a name may be told as another one there; by
-- OFFSET 0 its lines are found by what they say, however few rows are thought to be there.
WITH repeated AS (
    SELECT gone.id AS line, other.id AS heir, other.identity AS told
    FROM feesvc.told_line AS gone
    JOIN feesvc.told_line AS other
        ON other.account = gone.account AND other.leg = gone.leg
        AND other.identity = gone.identity AND other.state = 'repeated'
    WHERE gone.statement = %(before)s AND gone.number >= 0 AND gone.state = 'stands'
        AND (gone.content = '' OR other.content = '') AND NOT EXISTS (
            SELECT FROM feesvc.told_line AS new
            WHERE new.statement = %(after)s AND new.identity = gone.identity
        )
    UNION ALL
    SELECT other.line, other.id, other.told
    FROM (
        SELECT DISTINCT account, leg, content FROM feesvc.told_line
        WHERE statement = %(before)s AND content <> ''
    ) AS asked
    CROSS JOIN LATERAL (
        SELECT id, line, told FROM feesvc.unnamed_line AS one
        WHERE (one.account, one.leg, one.content) = (asked.account, asked.leg, asked.content)
        OFFSET 0
    ) AS other
    WHERE other.line <> other.id
)
SELECT DISTINCT ON (gone.id) gone.id AS line, gone.number, said.identity AS told,
    other.id AS heir, other.statement AS heir_statement, other.number AS heir_number,
    repeated.told AS heir_told
FROM repeated
JOIN feesvc.told_line AS gone ON gone.id = repeated.line
CROSS JOIN LATERAL (
    SELECT CASE gone.told_as WHEN '' THEN gone.identity ELSE gone.told_as END AS identity
) AS said
JOIN feesvc.told_line AS other ON other.id = repeated.heir
JOIN feesvc.statement ON statement.id = other.statement
WHERE (
    statement.state = 'accepted'
    -- Lines that another statement of the very file has taken over by now.
    OR statement.file = (SELECT file FROM feesvc.statement WHERE id = %(after)s)
) AND gone.statement = %(before)s AND gone.number >= 0 AND other.statement <> %(before)s
    AND NOT EXISTS (
        SELECT FROM feesvc.told_line AS new
        WHERE new.statement = %(after)s AND new.identity = said.identity AND new.content <> ''
        OFFSET 0
    )
ORDER BY gone.id, repeated.told <> said.identity, other.id
