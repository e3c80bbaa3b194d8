-- Lines without a name of a file that are to stand, while a line of that identity stands for another
-- file that told the entry as well: money is booked by identities, so each lets a line of its content
-- go first whose identity nothing stands by. There is one for each: of what files of one kind tell,
-- more identities than lines that stand.
WITH new AS MATERIALIZED (
    SELECT n.id, n.account, n.leg, n.content, n.identity, n.statement, n.number,
        row_number() OVER (PARTITION BY n.content ORDER BY n.id) AS turn
    FROM feesvc.statement AS s
    JOIN feesvc.told_line AS n ON n.statement = s.id AND n.content <> '' AND n.state = 'read'
    CROSS JOIN LATERAL (
        SELECT content FROM feesvc.told_line AS o
        WHERE o.account = n.account AND o.leg = n.leg AND o.identity = n.identity
            AND o.state = 'stands'
        OFFSET 0
    ) AS stands
    WHERE s.file = %(id)s AND stands.content <> ''
), spare AS (
    SELECT DISTINCT ON (l.content, l.identity) l.*
    FROM (SELECT DISTINCT account, leg, content FROM new) AS asked
    CROSS JOIN LATERAL (
        SELECT * FROM feesvc.told_line AS one
        WHERE (one.account, one.leg, one.content) = (asked.account, asked.leg, asked.content)
            AND one.content <> ''
        OFFSET 0
    ) AS l
    WHERE l.state IN ('repeated', 'superseded') AND NOT EXISTS (
        SELECT FROM feesvc.told_line AS o
        WHERE o.account = l.account AND o.leg = l.leg AND o.identity = l.identity
            AND o.state = 'stands'
    ) AND NOT EXISTS (
        SELECT FROM feesvc.statement AS s
        JOIN feesvc.told_line AS o
            ON o.statement = s.id AND o.identity = l.identity AND o.content <> ''
            AND o.state = 'read'
        WHERE s.file = %(id)s
    )
    ORDER BY l.content, l.identity, l.state, l.id
), turned AS (
    SELECT *, row_number() OVER (PARTITION BY content ORDER BY state, id) AS turn
    FROM spare
)
SELECT turned.id AS line, turned.statement, turned.number, turned.state, turned.reason,
    CASE turned.told_as WHEN '' THEN turned.identity ELSE turned.told_as END AS told,
    new.id AS heir, new.statement AS heir_statement, new.number AS heir_number,
    new.identity AS heir_told
FROM new
JOIN turned USING (content, turn)
