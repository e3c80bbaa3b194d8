DELETE FROM feesvc.person_index WHERE key_id <> %(key_id)s
