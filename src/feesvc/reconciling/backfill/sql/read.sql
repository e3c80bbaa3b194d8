-- Both files, read where they are asked for, and what becomes of the lines. A key is capitals and
-- digits only, or NULL. Transactions are made keys at once; references only where no transaction told
-- enough.
CREATE MACRO key(written) AS CASE
    WHEN regexp_full_match(written, '[0-9A-Z]+') THEN written
    ELSE nullif(regexp_replace(upper(written), '[^0-9A-Z]', '', 'g'), '')
END;
CREATE VIEW every_capture AS
SELECT id, key(transaction) AS transaction, reference, amount, currency, day
FROM read_csv(
    (getvariable('asked') ->> 'captures'), header = true, auto_detect = false, delim = ',',
    columns = {
        'id': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR', 'amount': 'BIGINT',
        'currency': 'VARCHAR', 'day': 'DATE'
    }, nullstr = '\N'
);
CREATE VIEW every_item AS
SELECT identity, key(transaction) AS transaction, reference, amount, currency, day,
    batch
FROM read_csv(
    (getvariable('asked') ->> 'lines'), header = true, auto_detect = false, delim = ',',
    columns = {
        'identity': 'BIGINT', 'transaction': 'VARCHAR', 'reference': 'VARCHAR',
        'amount': 'BIGINT', 'currency': 'VARCHAR', 'day': 'DATE', 'batch': 'VARCHAR'
    }, nullstr = '\N'
);
CREATE TYPE pass AS ENUM ('', 'transaction', 'reference', 'similarity');
CREATE TYPE code AS ENUM ('', 'S03', 'S04', 'S05', 'S07', 'S08', 'S20');
CREATE TABLE pair (line BIGINT, capture BIGINT, pass pass);
CREATE TABLE break (line BIGINT, capture BIGINT, code code);
