-- Every notification as it came: when, to which account, what became of it, and where its bytes are.
-- The bytes stand sealed in feesvc.document, each message once; nothing here says who it is about.

CREATE TABLE feesvc.inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account uuid NOT NULL,
    intermediary text NOT NULL,
    received_at timestamptz NOT NULL,
    verdict text NOT NULL,
    method text NOT NULL,
    size integer NOT NULL,
    message text,
    envelope text,
    keys text NOT NULL,
    outcomes text[] NOT NULL
);

COMMENT ON COLUMN feesvc.inbox.size IS 'bytes of query and body';
COMMENT ON COLUMN feesvc.inbox.message IS 'the document of its query, a line feed, and its body';
COMMENT ON COLUMN feesvc.inbox.envelope IS 'the document of its headers and source address';
COMMENT ON COLUMN feesvc.inbox.keys IS 'a keyed hash of the keys that it was verified with';

CREATE INDEX inbox_of_account ON feesvc.inbox (account, received_at, id);
CREATE INDEX inbox_of_message ON feesvc.inbox (message);

-- Who read the bytes of which notification, and for what work. Rows are only added.
CREATE TABLE feesvc.inbox_read (
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    arrival bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL
);

CREATE INDEX inbox_read_by_arrival ON feesvc.inbox_read (arrival, read_at);
