-- Found as in items.sql.
DELETE FROM open_item WHERE ctid = ANY(ARRAY(
    SELECT found.ctid
      FROM unnest(%s::text[], %s::text[], %s::smallint[], %s::uuid[])
           AS gone (agency, currency, account, item)
     CROSS JOIN LATERAL (
        SELECT ctid FROM open_item
         WHERE item = gone.item AND account + 0 = gone.account
           AND currency || '' = gone.currency AND agency || '' = gone.agency
         LIMIT 1
      ) AS found))
