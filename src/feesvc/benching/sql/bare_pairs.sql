-- The least that matching can be: both files read, joined on the transaction, the pairs written.
COPY (
    SELECT line.identity, capture.id
    FROM read_csv($captures, header = true, auto_detect = false, delim = ',', columns = {
        'id': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR', 'amount': 'BIGINT',
        'currency': 'VARCHAR', 'day': 'DATE'
    }) AS capture
    JOIN read_csv($lines, header = true, auto_detect = false, delim = ',', columns = {
        'identity': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR',
        'amount': 'BIGINT', 'currency': 'VARCHAR', 'day': 'DATE', 'batch': 'VARCHAR'
    }) AS line
    ON line.transaction = capture.transaction AND line.amount = capture.amount
        AND line.currency = capture.currency
) TO $pairs (FORMAT parquet)
