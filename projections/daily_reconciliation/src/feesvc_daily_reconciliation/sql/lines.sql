SELECT * FROM refund_line WHERE batch = ANY(%s::uuid[])
