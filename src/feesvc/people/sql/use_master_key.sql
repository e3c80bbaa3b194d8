INSERT INTO feesvc.master_key (key_id) VALUES (%(key_id)s) ON CONFLICT DO NOTHING
