-- Entries without a name that stand once for a report and once for a statement, as soon as the new
-- statement leaves out what it told of one of them: two lines stand where one is to. Each with the
-- line that leaves, ``dropped`` if the new statement leaves it out, and the one that stays. OFFSET 0:
-- what has just been loaded counts as a few rows where joins are planned.
WITH gone AS MATERIALIZED (
    SELECT *
    FROM feesvc.unnamed_line AS old
    WHERE statement = %(before)s AND NOT EXISTS (
        SELECT FROM feesvc.told_line AS new
        WHERE new.statement = %(after)s AND new.identity = old.told AND new.content <> ''
        OFFSET 0
    )
), single AS (
    SELECT content, line, bool_and(closed) AS closed, line IN (SELECT id FROM gone) AS dropped
    FROM (SELECT DISTINCT account, leg, content FROM gone) AS asked
    CROSS JOIN LATERAL (
        SELECT id, line, closed FROM feesvc.unnamed_line AS one
        WHERE (one.account, one.leg, one.content) = (asked.account, asked.leg, asked.content)
        OFFSET 0
    ) AS u
    WHERE id NOT IN (SELECT id FROM gone) AND line IS NOT NULL
    GROUP BY content, line
    HAVING bool_and(closed) = bool_or(closed)
), turned AS (
    SELECT *, row_number() OVER (PARTITION BY content, closed ORDER BY dropped DESC, line) AS turn
    FROM single
), paired AS (
    -- What nothing was matched with leaves more easily, else what came last.
    SELECT turned.content, line.id, turned.dropped, row_number() OVER easily AS place,
        lead(line.id) OVER easily AS stays
    FROM turned
    JOIN feesvc.line ON line.id = turned.line
    WINDOW easily AS (
        PARTITION BY turned.content, turned.turn
        ORDER BY turned.dropped DESC, line.state = 'open' DESC, line.state = 'placed' DESC,
            line.id DESC
    )
)
SELECT id AS line, dropped, stays AS first, content
FROM paired
WHERE place = 1 AND stays IS NOT NULL
