SELECT id, agency, currency, amount FROM claim WHERE id = ANY(%s::uuid[])
