-- What moved in a span of days by fee item and budget codes, as known at a position; and what was
-- owed to the budget before and after.
SELECT currency, kind, item, max(name_vi) AS name_vi, codes,
       coalesce(sum(collected) FILTER (WHERE day >= %(first)s), 0)::bigint AS collected,
       coalesce(sum(returned) FILTER (WHERE day >= %(first)s), 0)::bigint AS returned,
       coalesce(sum(retained) FILTER (WHERE day >= %(first)s), 0)::bigint AS retained,
       coalesce(sum(budget) FILTER (WHERE day >= %(first)s), 0)::bigint AS budget,
       coalesce(sum(remitted) FILTER (WHERE day >= %(first)s), 0)::bigint AS remitted,
       coalesce(sum(budget - remitted) FILTER (WHERE day < %(first)s), 0)::bigint AS owed_before,
       sum(budget - remitted)::bigint AS owed_after
  FROM movement
 WHERE agency = %(agency)s AND day <= %(last)s AND position <= %(known)s AND kind <> ''
   AND (%(currency)s::text IS NULL OR currency = %(currency)s)
 GROUP BY currency, kind, item, codes
HAVING bool_or(day >= %(first)s) OR sum(budget - remitted) <> 0
 ORDER BY currency, codes::text, kind, item
