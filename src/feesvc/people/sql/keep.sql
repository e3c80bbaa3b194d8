INSERT INTO feesvc.document (name, kind, key_id, wrapped, sealed)
VALUES (%(name)s, %(kind)s, %(key_id)s, %(wrapped)s, %(sealed)s)
ON CONFLICT DO NOTHING
