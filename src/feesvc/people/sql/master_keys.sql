-- The master keys that something on record is sealed with.
SELECT key_id FROM feesvc.master_key ORDER BY first_used_at, key_id
