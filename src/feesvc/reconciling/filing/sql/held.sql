SELECT * FROM feesvc.source_file
WHERE account = %(account)s
    AND (state = 'held' AND verdict IN ('F07', 'F08') OR state = 'previewed')
ORDER BY received_at, id
