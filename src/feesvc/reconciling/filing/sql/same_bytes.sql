-- The file of these bytes that counts, else the last one that did.
SELECT * FROM feesvc.source_file
WHERE account = %(account)s AND sha256 = %(sha256)s
ORDER BY state IN ('superseded', 'discarded'), received_at DESC, id
LIMIT 1
