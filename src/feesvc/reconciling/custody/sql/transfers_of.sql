SELECT id, agency, currency, banked_at FROM transfer WHERE id = ANY(%s::uuid[])
