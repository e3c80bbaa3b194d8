INSERT INTO fee_item (agency, item, kind, name_vi, name_en)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    ON CONFLICT (agency, item) DO UPDATE
   SET kind = excluded.kind, name_vi = excluded.name_vi, name_en = excluded.name_en
 WHERE (fee_item.kind, fee_item.name_vi, fee_item.name_en)
       IS DISTINCT FROM (excluded.kind, excluded.name_vi, excluded.name_en)
