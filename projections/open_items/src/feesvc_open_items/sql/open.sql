-- Oldest first. A past position adds movements up; now the kept sums answer, by their index.
WITH past AS (
    SELECT id, kind, sum(m.amount)::bigint AS amount
      FROM item i JOIN movement m USING (id, kind)
     WHERE %(known)s::bigint IS NOT NULL AND i.agency = %(agency)s AND m.position <= %(known)s
     GROUP BY id, kind HAVING sum(m.amount) <> 0
), open AS (
    SELECT i.* FROM item i
     WHERE %(known)s::bigint IS NULL AND i.agency = %(agency)s AND i.amount <> 0
    UNION ALL
    SELECT i.kind, i.id, i.agency, i.currency, i.via, i.intermediary, i.reference, i.reason,
           i.since, past.amount
      FROM past JOIN item i USING (id, kind)
), named AS (
    SELECT open.*, CASE WHEN kind <> 'suspense' THEN kind
                        WHEN reason = 'unknown_settled_line' THEN 'line'
                        WHEN via = 'bank' THEN 'credit' ELSE 'unplaced' END AS what
      FROM open
    UNION ALL
    SELECT 'line', id, agency, currency, '', '', reference, reason, since, amount, 'line'
      FROM line
     WHERE agency = %(agency)s AND EXISTS (
            SELECT FROM line_open AS o
             WHERE o.id = line.id AND CASE WHEN %(known)s::bigint IS NULL THEN o.ended IS NULL
                ELSE o.opened <= %(known)s AND coalesce(o.ended > %(known)s, true) END
           )
)
SELECT * FROM named
 WHERE since <= %(until)s AND (%(what)s::text IS NULL OR what = %(what)s)
   AND (%(currency)s::text IS NULL OR currency = %(currency)s)
   AND (%(intermediary)s::text IS NULL OR intermediary = %(intermediary)s)
   AND (since, id, kind) > (%(at_since)s::date, %(at_id)s::uuid, %(at_kind)s::text)
 ORDER BY since, id, kind LIMIT %(limit)s
