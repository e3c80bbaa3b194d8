-- Entries without a name that a file tells in its statements, or else in its reports, and that are
-- told already, each with the line that stands for it. Known are those of which files of their kind
-- told, and those whose own line stands for a file of the other kind; of the rest as many as files
-- of the other kind tell and none of their own kind does. Windows, and OFFSET 0: what has just been
-- loaded counts as a few rows where joins are planned.
WITH new AS MATERIALIZED (
    SELECT n.id, n.account, n.leg, n.content, n.identity
    FROM feesvc.statement AS s
    JOIN feesvc.told_line AS n ON n.statement = s.id AND n.content <> '' AND n.state = 'read'
    WHERE s.file = %(id)s AND starts_with(n.identity, n.content) <> %(closed)s
), entries AS MATERIALIZED (
    SELECT u.content, u.entry, u.line, array_agg(u.told) FILTER (WHERE u.closed = %(closed)s) AS ours
    FROM (SELECT DISTINCT account, leg, content FROM new) AS asked
    CROSS JOIN LATERAL (
        SELECT * FROM feesvc.unnamed_line AS one
        WHERE (one.account, one.leg, one.content) = (asked.account, asked.leg, asked.content)
        OFFSET 0
    ) AS u
    GROUP BY u.content, u.entry, u.line
    UNION ALL
    -- A report in the very file of the statement: what is left of its lines will stand.
    SELECT n.content, n.identity, n.id, NULL
    FROM feesvc.statement AS s
    JOIN feesvc.told_line AS n ON n.statement = s.id AND n.content <> '' AND n.state = 'read'
    WHERE s.file = %(id)s AND %(closed)s AND starts_with(n.identity, n.content)
), named AS (
    SELECT content, identity AS name, 'new' AS what, id, NULL::bigint AS line FROM new
    UNION ALL
    SELECT content, unnest(ours), 'ours', NULL, line FROM entries
    UNION ALL
    SELECT content, entry, 'theirs', NULL, line FROM entries WHERE ours IS NULL
), met AS MATERIALIZED (
    SELECT content, what, id, line, bool_or(what = 'new') OVER same AS told_now,
        bool_or(what = 'ours') OVER same AS told_by_ours, count(*) OVER same AS meeting,
        coalesce(
            max(line) FILTER (WHERE what = 'ours') OVER same, max(line) OVER same
        ) AS first
    FROM named
    WINDOW same AS (PARTITION BY content, name)
), turned AS (
    SELECT content, id, line,
        row_number() OVER (PARTITION BY content, what ORDER BY id, line) AS turn
    FROM met
    WHERE what = 'new' AND meeting = 1
        OR what = 'theirs' AND line IS NOT NULL AND (told_by_ours OR NOT told_now)
)
SELECT id AS line, first FROM met WHERE what = 'new' AND first IS NOT NULL
UNION ALL
SELECT max(id), max(line) FROM turned GROUP BY content, turn HAVING count(*) = 2
