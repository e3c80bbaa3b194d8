UPDATE feesvc.document SET key_id = %(key_id)s, wrapped = %(wrapped)s WHERE name = %(name)s
