SELECT field, sealed FROM feesvc.person_detail WHERE subject = %(subject)s
