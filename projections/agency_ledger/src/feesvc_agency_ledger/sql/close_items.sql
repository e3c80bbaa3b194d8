DELETE FROM open_item
 USING unnest(%s::text[], %s::text[], %s::smallint[], %s::uuid[])
       AS gone (agency, currency, account, item)
 WHERE (open_item.agency, open_item.currency, open_item.account, open_item.item)
     = (gone.agency, gone.currency, gone.account, gone.item)
