-- One look-up per item by the primary key. The other columns are hidden from the planner, which
-- would take the index by age for an equally good way while the table is young.
SELECT found.*
  FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::uuid[])
       AS wanted (agency, currency, account, item)
 CROSS JOIN LATERAL (
    SELECT agency, currency, account, item, since, amount, intermediary FROM open_item
     WHERE item = wanted.item AND account + 0 = wanted.account
       AND currency || '' = wanted.currency AND agency || '' = wanted.agency
     LIMIT 1
  ) AS found
