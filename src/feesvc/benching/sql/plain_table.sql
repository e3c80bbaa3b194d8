CREATE TABLE plain (id uuid, version integer, topic text, state bytea, PRIMARY KEY (id, version))
