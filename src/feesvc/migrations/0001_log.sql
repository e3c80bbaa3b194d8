-- The log: its events, its commands, and the triggers that keep it append-only and dense.

CREATE TABLE feesvc.log (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z0-9_]{1,120}$'),
    position    bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    recorded_at timestamptz NOT NULL DEFAULT '-infinity',
    namespace   uuid NOT NULL,
    epoch       text NOT NULL,
    issued_for  text NOT NULL
);
COMMENT ON COLUMN feesvc.log.position IS
    'The last position given out. This row is the lock under which positions are given.';
COMMENT ON COLUMN feesvc.log.issued_for IS
    'System identifier, timeline and database for which the epoch was issued: a restore differs.';

CREATE TABLE feesvc.event (
    log         text NOT NULL,
    position    bigint NOT NULL,
    stream      uuid NOT NULL,
    version     integer NOT NULL,
    agency      text NOT NULL CHECK (agency ~ '^(\*|[0-9A-Z][0-9A-Z.]{0,34})$'),
    topic       text NOT NULL,
    form        smallint NOT NULL,
    state       bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor       text NOT NULL,
    command     uuid NOT NULL,
    cause       text NOT NULL DEFAULT '',
    PRIMARY KEY (log, position),
    UNIQUE (stream, log, version)
);
COMMENT ON CONSTRAINT event_stream_log_version_key ON feesvc.event IS
    'The stream first: no plan made while the log was empty can take it for a range of positions.';
-- Nothing is ever updated or deleted: only freezing is left to do, and inserts alone trigger it.
ALTER TABLE feesvc.event SET (autovacuum_vacuum_insert_scale_factor = 0.2);

CREATE TABLE feesvc.command (
    log         text NOT NULL,
    id          uuid NOT NULL,
    principal   text NOT NULL,
    fingerprint bytea NOT NULL,
    first       bigint NOT NULL,
    last        bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    attempt     bigint NOT NULL,
    status      smallint,
    location    text,
    answer      bytea,
    answered_at timestamptz,
    PRIMARY KEY (log, id)
);
COMMENT ON COLUMN feesvc.command.attempt IS
    'Random, one per call of append: who resubmits after a lost reply learns that it was his own.';
COMMENT ON COLUMN feesvc.command.answer IS
    'The answer''s bytes, for 72 hours; status and location stay.';
CREATE INDEX command_with_answer ON feesvc.command (answered_at) WHERE answer IS NOT NULL;

CREATE SEQUENCE feesvc.number AS bigint INCREMENT BY 1000 MINVALUE 1 START WITH 1;
COMMENT ON SEQUENCE feesvc.number IS
    'Numbers of wire references: one value is the first of a block of 1000 for one process.';

CREATE FUNCTION feesvc.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of %.% is refused: what is recorded stays',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feesvc.event
    FOR EACH ROW EXECUTE FUNCTION feesvc.refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON feesvc.event
    FOR EACH STATEMENT EXECUTE FUNCTION feesvc.refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON feesvc.command
    FOR EACH ROW EXECUTE FUNCTION feesvc.refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON feesvc.command
    FOR EACH STATEMENT EXECUTE FUNCTION feesvc.refuse_change();
-- A command's identity stays; its answer may be given once, and its bytes purged.
CREATE TRIGGER identity_kept
    BEFORE UPDATE OF log, id, principal, fingerprint, first, last, recorded_at, attempt
    ON feesvc.command
    FOR EACH ROW EXECUTE FUNCTION feesvc.refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON feesvc.log
    FOR EACH ROW EXECUTE FUNCTION feesvc.refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON feesvc.log
    FOR EACH STATEMENT EXECUTE FUNCTION feesvc.refuse_change();

-- An insert by hand leaves the position out and is given the next one, under the log's own lock.
CREATE FUNCTION feesvc.give_position() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE feesvc.log SET position = log.position + 1,
           recorded_at = greatest(clock_timestamp(), log.recorded_at)
     WHERE name = NEW.log
    RETURNING log.position, log.recorded_at INTO NEW.position, NEW.recorded_at;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no log named %', NEW.log USING ERRCODE = 'foreign_key_violation';
    END IF;
    NEW.command := coalesce(NEW.command, gen_random_uuid());
    PERFORM pg_notify('feesvc', NEW.log);
    RETURN NEW;
END $$;
CREATE TRIGGER give_position BEFORE INSERT ON feesvc.event
    FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION feesvc.give_position();

-- Positions end where the log says and have no gap among those of one statement …
CREATE FUNCTION feesvc.check_positions() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT f.log, min(f.position) AS lowest, max(f.position) AS highest, count(*) AS n
                       FROM fresh f GROUP BY f.log) w
          LEFT JOIN feesvc.log l ON l.name = w.log
         WHERE l.position IS DISTINCT FROM w.highest OR w.highest - w.lowest + 1 <> w.n
    ) THEN
        RAISE EXCEPTION 'positions are given by the log: leave them out'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_positions AFTER INSERT ON feesvc.event REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feesvc.check_positions();

-- … and each position the log gave out is taken by the end of the transaction. So: dense always.
CREATE FUNCTION feesvc.check_dense() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.position < OLD.position OR NEW.position - OLD.position <> (
        SELECT count(*) FROM feesvc.event e
         WHERE e.log = NEW.name AND e.position > OLD.position AND e.position <= NEW.position
    ) THEN
        RAISE EXCEPTION 'log % would not be dense', NEW.name USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_dense AFTER UPDATE OF position ON feesvc.log
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION feesvc.check_dense();
