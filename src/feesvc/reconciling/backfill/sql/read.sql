-- Both files, with their references as keys: capitals and digits only.
CREATE MACRO key(written) AS CASE
    WHEN regexp_full_match(written, '[0-9A-Z]*') THEN written
    ELSE regexp_replace(upper(written), '[^0-9A-Z]', '', 'g')
END;
CREATE TABLE capture AS
SELECT id, key(transaction) AS transaction, key(reference) AS reference, amount, currency, day
FROM read_csv(
    (getvariable('asked') ->> 'captures'), header = true, auto_detect = false, delim = ',',
    columns = {
        'id': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR', 'amount': 'BIGINT',
        'currency': 'VARCHAR', 'day': 'DATE'
    }, nullstr = '\N'
);
CREATE TABLE item AS
SELECT identity, key(transaction) AS transaction, key(reference) AS reference, amount, currency,
    day, batch
FROM read_csv(
    (getvariable('asked') ->> 'lines'), header = true, auto_detect = false, delim = ',',
    columns = {
        'identity': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR',
        'amount': 'BIGINT', 'currency': 'VARCHAR', 'day': 'DATE', 'batch': 'VARCHAR'
    }, nullstr = '\N'
);
CREATE TABLE pair (line BIGINT, capture BIGINT, pass VARCHAR);
CREATE TABLE break (line BIGINT, capture BIGINT, code VARCHAR);
