-- A master key is forgotten once nothing on record needs it.
DELETE FROM feesvc.master_key
WHERE key_id <> %(key_id)s
  AND NOT EXISTS (SELECT FROM feesvc.person_key WHERE person_key.key_id <> %(key_id)s)
  AND NOT EXISTS (SELECT FROM feesvc.document WHERE document.key_id <> %(key_id)s)
