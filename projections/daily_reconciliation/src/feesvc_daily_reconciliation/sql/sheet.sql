-- Both sides by intermediary, type and day, as known at a position. What the bank has counts on the
-- day of the payment that it is of. An open case explains the residual of its item;
-- what nobody settled anything of, and has no case, may only wait for its term.
WITH summed AS (
    SELECT i.intermediary, i.currency, i.kind, i.day, i.id,
           sum(m.captured) AS captured, sum(m.gross) AS gross, sum(m.commission) AS commission,
           sum(m.tax) AS tax, sum(m.net) AS net,
           CASE WHEN sum(m.banked) > 0 THEN sum(m.net) ELSE 0 END AS credited
      FROM item i JOIN movement m USING (id, kind)
     WHERE i.agency = %(agency)s AND i.day BETWEEN %(first)s AND %(last)s
       AND m.position <= %(known)s
       AND (%(intermediary)s::text IS NULL OR i.intermediary = %(intermediary)s)
       AND (%(currency)s::text IS NULL OR i.currency = %(currency)s)
     GROUP BY i.intermediary, i.currency, i.kind, i.day, i.id
), told AS (
    SELECT s.*, s.captured - s.gross AS residual, f.codes,
           s.captured <> 0 AND s.gross = 0 AND f.codes IS NULL
               AND s.kind IN ('payment', 'refund') AS waits
      FROM summed s
      LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT code ORDER BY code) AS codes FROM finding
         WHERE s.captured <> s.gross AND subject = s.id AND opened <= %(known)s
           AND (closed IS NULL OR closed > %(known)s)) f ON true
), explained AS (
    SELECT intermediary, currency, kind, day,
           array_agg(DISTINCT code ORDER BY code) AS codes
      FROM told CROSS JOIN LATERAL unnest(codes) AS code
     GROUP BY intermediary, currency, kind, day
)
SELECT t.intermediary, t.currency, t.kind, t.day, count(*) AS items,
       sum(captured)::bigint AS captured, sum(gross)::bigint AS gross,
       sum(commission)::bigint AS commission, sum(tax)::bigint AS tax, sum(net)::bigint AS net,
       sum(credited)::bigint AS credited, sum(residual)::bigint AS residual,
       count(*) FILTER (WHERE residual <> 0) AS open,
       count(*) FILTER (WHERE residual <> 0 AND t.codes IS NULL) AS unexplained,
       count(*) FILTER (WHERE t.waits) AS awaiting,
       coalesce(sum(residual) FILTER (WHERE t.waits), 0)::bigint AS awaited,
       coalesce(e.codes, '{}') AS codes
  FROM told t LEFT JOIN explained e USING (intermediary, currency, kind, day)
 GROUP BY t.intermediary, t.currency, t.kind, t.day, e.codes
 ORDER BY t.day, t.intermediary, t.currency, t.kind
