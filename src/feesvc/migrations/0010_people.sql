-- Who a subject is, sealed: a key per subject, what is known under it, keyed hashes to search by.
-- No column here holds a personal detail that can be read without a master key.

CREATE TABLE feesvc.master_key (
    key_id text PRIMARY KEY,
    first_used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE feesvc.person (
    subject uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    erased_reason text,
    erased_by text,
    CHECK ((erased_at IS NULL) = (erased_reason IS NULL))
);

-- Apart from the rest, so that backups of it can expire sooner: erasure reaches them by that.
CREATE TABLE feesvc.person_key (
    subject uuid PRIMARY KEY REFERENCES feesvc.person,
    key_id text NOT NULL,
    wrapped bytea NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 0);

CREATE INDEX person_key_by_master ON feesvc.person_key (key_id);

CREATE TABLE feesvc.person_detail (
    subject uuid NOT NULL REFERENCES feesvc.person,
    field text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (subject, field)
);

CREATE TABLE feesvc.person_index (
    index_name text NOT NULL,
    digest bytea NOT NULL,
    subject uuid NOT NULL REFERENCES feesvc.person,
    key_id text NOT NULL,
    PRIMARY KEY (digest, index_name, subject)
);

CREATE INDEX person_index_by_subject ON feesvc.person_index (subject);

-- One sign-in is one subject, whoever comes first.
CREATE UNIQUE INDEX person_index_of_sign_ins ON feesvc.person_index (digest)
    WHERE index_name = 'sign_in';

-- Who looked at whom, and for what work. Rows are only added.
CREATE TABLE feesvc.person_read (
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject uuid NOT NULL,
    fields text[] NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL
);

CREATE INDEX person_read_by_subject ON feesvc.person_read (subject, read_at);

-- Raw notifications and files, named by the SHA-256 of their bytes.
CREATE TABLE feesvc.document (
    name text PRIMARY KEY CHECK (name ~ '^[0-9a-f]{64}$'),
    kind text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    key_id text,
    wrapped bytea,
    sealed bytea,
    erased_at timestamptz,
    erased_reason text,
    erased_by text,
    CHECK ((erased_at IS NULL) = (sealed IS NOT NULL)),
    CHECK ((sealed IS NULL) = (wrapped IS NULL) AND (sealed IS NULL) = (key_id IS NULL))
);

-- Ciphertext does not compress; in its own pages it does not slow down the rest.
ALTER TABLE feesvc.document ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE INDEX document_by_master ON feesvc.document (key_id);
