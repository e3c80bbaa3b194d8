-- A line that is one capture is one row, and not a group with two members. A capture and a line are
-- held by one row here whoever holds them: a group's member is held by a row that names the group.

ALTER TABLE feesvc.match_member
    ADD line bigint GENERATED ALWAYS AS
        (CASE WHEN item LIKE 'line:%' THEN substr(item, 6)::bigint END) STORED,
    ADD capture uuid GENERATED ALWAYS AS
        (CASE WHEN item LIKE 'capture:%' THEN substr(item, 9)::uuid END) STORED;

-- Ids of a run's pairs stand together, in the order of their lines: one index finds and lists them.
CREATE FUNCTION feesvc.pair_id(run uuid, line bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (left(replace(run::text, '-', ''), 16) || lpad(to_hex(line), 16, '0'))::uuid;

-- No foreign keys: each is looked at for each row, and nothing that they name is ever deleted.
CREATE TABLE feesvc.match_pair (
    id uuid UNIQUE,
    "group" uuid,
    run uuid,
    agency text,
    line bigint,
    capture uuid,
    amount bigint,
    currency text,
    rule text,
    rules integer,
    how text,
    state text,
    why jsonb,
    active boolean NOT NULL,
    CHECK (CASE WHEN "group" IS NULL
        THEN num_nulls(
                id, run, agency, line, capture, amount, currency, rule, rules, how, state
            ) = 0
            AND active = (state <> 'reversed')
        ELSE num_nonnulls(line, capture) = 1 AND id IS NULL
    END),
    CHECK (state IN ('confirmed', 'posted', 'reversed'))
);
COMMENT ON TABLE feesvc.match_pair IS 'a line and the capture that it is; or what a group holds';
COMMENT ON COLUMN feesvc.match_pair.why IS 'as of a group; null where no other candidate lost';
CREATE UNIQUE INDEX match_pair_line ON feesvc.match_pair (line) WHERE active;
CREATE UNIQUE INDEX match_pair_capture ON feesvc.match_pair (capture) WHERE active;
CREATE INDEX match_pair_group ON feesvc.match_pair ("group") WHERE "group" IS NOT NULL;

CREATE FUNCTION feesvc.hold_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.active THEN
        INSERT INTO feesvc.match_pair ("group", line, capture, active)
        VALUES (NEW."group", NEW.line, NEW.capture, true);
    ELSE
        UPDATE feesvc.match_pair SET active = false
        WHERE "group" = NEW."group" AND active
          AND (line, capture) IS NOT DISTINCT FROM (NEW.line, NEW.capture);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_new AFTER INSERT ON feesvc.match_member FOR EACH ROW
    WHEN (NEW.active AND num_nonnulls(NEW.line, NEW.capture) = 1)
    EXECUTE FUNCTION feesvc.hold_member();
CREATE TRIGGER hold_changed AFTER UPDATE OF active ON feesvc.match_member FOR EACH ROW
    WHEN (OLD.active <> NEW.active AND num_nonnulls(NEW.line, NEW.capture) = 1)
    EXECUTE FUNCTION feesvc.hold_member();

INSERT INTO feesvc.match_pair ("group", line, capture, active)
SELECT "group", line, capture, true
FROM feesvc.match_member
WHERE active AND num_nonnulls(line, capture) = 1;

CREATE VIEW feesvc.single_pair AS
SELECT id, run, agency, 'S'::"char" AS leg, rule, rules, how, state, 0::bigint AS difference,
    currency, coalesce(why, '{"lost": []}') AS why
FROM feesvc.match_pair
WHERE "group" IS NULL;
COMMENT ON VIEW feesvc.single_pair IS 'pairs as the groups of two that they are';

CREATE VIEW feesvc.every_group AS
SELECT id, run, agency, leg, rule, rules, how, state, difference, currency, why
FROM feesvc.match_group
UNION ALL
SELECT id, run, agency, leg, rule, rules, how, state, difference, currency, why
FROM feesvc.single_pair;
COMMENT ON VIEW feesvc.every_group IS 'groups, and pairs among them';

CREATE VIEW feesvc.every_member AS
SELECT "group", side, item, amount, active, line, capture
FROM feesvc.match_member
UNION ALL
SELECT id, 'A', 'capture:' || capture, amount, active, NULL, capture
FROM feesvc.match_pair
WHERE "group" IS NULL
UNION ALL
SELECT id, 'B', 'line:' || line, amount, active, line, NULL
FROM feesvc.match_pair
WHERE "group" IS NULL;
COMMENT ON VIEW feesvc.every_member IS 'what each group, and each pair, is made of';
