SELECT name, key_id, wrapped
FROM feesvc.document
WHERE key_id <> %(key_id)s
ORDER BY name
LIMIT %(limit)s
FOR UPDATE
