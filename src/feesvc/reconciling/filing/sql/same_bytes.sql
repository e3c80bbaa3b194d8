SELECT * FROM feesvc.source_file WHERE account = %(account)s AND sha256 = %(sha256)s
