CREATE TABLE ordered (line BIGINT)
