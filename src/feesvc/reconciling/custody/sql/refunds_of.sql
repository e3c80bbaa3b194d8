SELECT id, transfer, method, amount FROM refund WHERE id = ANY(%s::uuid[])
