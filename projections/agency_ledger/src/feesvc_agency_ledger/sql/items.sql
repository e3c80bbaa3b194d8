SELECT agency, currency, account, item, since, amount, intermediary
  FROM open_item
  JOIN unnest(%s::text[], %s::text[], %s::smallint[], %s::uuid[])
       AS wanted (agency, currency, account, item) USING (agency, currency, account, item)
