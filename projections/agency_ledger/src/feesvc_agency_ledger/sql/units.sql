-- An agency and all units below it, as of a day and as known at a position.
WITH RECURSIVE tree (agency) AS (
    SELECT %(agency)s::text
     UNION
    SELECT u.agency
      FROM tree t
      JOIN unit u ON u.parent = t.agency AND u.parent <> ''
     WHERE u.effective_on <= %(day)s AND u.position <= %(known)s
       AND NOT EXISTS (
           SELECT FROM unit later
            WHERE later.agency = u.agency
              AND later.effective_on <= %(day)s AND later.position <= %(known)s
              AND (later.effective_on, later.position) > (u.effective_on, u.position))
)
SELECT agency FROM tree ORDER BY agency COLLATE "C"
