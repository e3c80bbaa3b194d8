SELECT key_id, wrapped, sealed, erased_at, erased_reason
FROM feesvc.document
WHERE name = %(name)s
