UPDATE feesvc.person_key SET key_id = %(key_id)s, wrapped = %(wrapped)s
WHERE subject = %(subject)s
