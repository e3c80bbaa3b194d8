-- What the service may do to the log: open it, append, answer, purge answers, renew the epoch.
-- Every function runs with the owner's rights and looks names up in no schema a caller may fill.

-- Which cluster, which of its histories, which database: a restore, a promotion, a copy differ.
CREATE FUNCTION feesvc.whereabouts() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.system_identifier || '/'
        || CASE WHEN pg_is_in_recovery() THEN 'standby'
                ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END || '/'
        || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      FROM pg_control_system() s
$$;

-- Six of 32 letters and digits, none that is easily mistaken for another.
CREATE FUNCTION feesvc.random_epoch() RETURNS text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', (get_byte(r.raw, n) & 31) + 1, 1), '')
      FROM (SELECT uuid_send(gen_random_uuid()) AS raw) r, generate_series(0, 5) n
$$;

CREATE FUNCTION feesvc.create_log(_name text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO feesvc.log (name, namespace, epoch, issued_for)
    VALUES (_name, gen_random_uuid(), feesvc.random_epoch(), feesvc.whereabouts())
    ON CONFLICT (name) DO NOTHING
    RETURNING namespace
$$;

CREATE FUNCTION feesvc.renew_epoch(_log text) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE feesvc.log SET epoch = feesvc.random_epoch(), issued_for = feesvc.whereabouts()
     WHERE name = _log
    RETURNING epoch
$$;

-- To be called on every connection that will append: elsewhere than before means a new epoch.
CREATE FUNCTION feesvc.open_log(_log text, OUT namespace uuid, OUT epoch text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    here text := feesvc.whereabouts();
BEGIN
    UPDATE feesvc.log l SET epoch = feesvc.random_epoch(), issued_for = here
     WHERE l.name = _log AND l.issued_for <> here;
    SELECT l.namespace, l.epoch INTO namespace, epoch FROM feesvc.log l WHERE l.name = _log;
END $$;

-- Appends commands, each wholly or not at all, and gives each its verdict, in their order.
-- Commands and events are parallel arrays; an event says by ordinal (from 1) whose it is, events
-- stand in their commands' order. The caller never puts one stream, nor one id, into two commands
-- of a call: such a call fails as a whole on a unique key.
-- _attempts: a command that is on record by the same attempt is 'recorded', its reply was lost.
-- _gaps: a stream may begin anywhere and skip versions (the library's snapshots do).
CREATE FUNCTION feesvc.append(
    _log text, _gaps boolean,
    _ids uuid[], _attempts bigint[], _principals text[], _actors text[], _causes text[], _fingerprints bytea[],
    _statuses smallint[], _locations text[], _answers bytea[],
    _owners integer[], _streams uuid[], _versions integer[], _agencies text[], _topics text[],
    _forms smallint[], _states bytea[]
) RETURNS TABLE (
    verdict text, first bigint, last bigint, recorded_at timestamptz, fingerprint bytea,
    status smallint, location text, answer bytea
)
LANGUAGE plpgsql SECURITY DEFINER
-- One generic plan of index look-ups: right at any size, and not thrown over by old statistics.
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    top bigint;
    at timestamptz;
    refused bigint[];
    added bigint;
BEGIN
    SELECT l.position, greatest(clock_timestamp(), l.recorded_at) INTO top, at
      FROM feesvc.log l WHERE l.name = _log FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no log named %', _log USING ERRCODE = 'undefined_object';
    END IF;

    -- Those on record already, and those that another command outran.
    SELECT array_agg(r.owner) INTO refused FROM (
        SELECT c.n AS owner FROM unnest(_ids) WITH ORDINALITY c(id, n)
         WHERE (SELECT true FROM feesvc.command k WHERE k.log = _log AND k.id = c.id)
        UNION
        SELECT w.owner FROM (
            SELECT e.owner, e.stream, min(e.version) AS lowest, max(e.version) AS highest,
                   count(*) AS n
              FROM unnest(_owners, _streams, _versions) e(owner, stream, version)
             GROUP BY e.owner, e.stream
        ) w
         WHERE CASE WHEN _gaps THEN
                   (SELECT true FROM feesvc.event p WHERE p.log = _log AND p.stream = w.stream
                       AND p.version BETWEEN w.lowest AND w.highest LIMIT 1)
               ELSE
                   w.highest - w.lowest + 1 <> w.n
                   OR w.lowest - 1 <> coalesce(
                       (SELECT max(p.version) FROM feesvc.event p
                         WHERE p.log = _log AND p.stream = w.stream),
                       least(w.lowest - 1, 0))
               END
    ) r;

    SELECT count(*) INTO added FROM unnest(_owners) o
     WHERE refused IS NULL OR o <> ALL (refused);
    IF added > 0 THEN
        UPDATE feesvc.log l SET position = top + added, recorded_at = at WHERE l.name = _log;
        INSERT INTO feesvc.event
        SELECT _log, top + row_number() OVER (ORDER BY e.n), e.stream, e.version, e.agency, e.topic,
               e.form, e.state, at, _actors[e.owner], _ids[e.owner], _causes[e.owner]
          FROM unnest(_owners, _streams, _versions, _agencies, _topics, _forms, _states)
               WITH ORDINALITY e(owner, stream, version, agency, topic, form, state, n)
         WHERE refused IS NULL OR e.owner <> ALL (refused)
         ORDER BY e.n;
        PERFORM pg_notify('feesvc', _log);
    END IF;

    INSERT INTO feesvc.command
    SELECT _log, c.id, c.principal, c.fingerprint,
           CASE WHEN c.size = 0 THEN 0 ELSE top + c.upto - c.size + 1 END,
           CASE WHEN c.size = 0 THEN 0 ELSE top + c.upto END,
           at, c.attempt, c.status, c.location, c.answer, CASE WHEN c.status IS NOT NULL THEN at END
      FROM (
        SELECT g.*, coalesce(o.size, 0) AS size,
               sum(coalesce(o.size, 0)) OVER (ORDER BY g.n) AS upto
          FROM unnest(_ids, _attempts, _principals, _fingerprints, _statuses, _locations, _answers)
               WITH ORDINALITY g(id, attempt, principal, fingerprint, status, location, answer, n)
          LEFT JOIN (SELECT u, count(*) AS size FROM unnest(_owners) u GROUP BY u) o ON o.u = g.n
         WHERE refused IS NULL OR g.n <> ALL (refused)
      ) c;

    RETURN QUERY
    SELECT CASE WHEN k.id IS NULL THEN 'stale'
                WHEN k.attempt = c.attempt THEN 'recorded' ELSE 'repeat' END,
           k.first, k.last, k.recorded_at, k.fingerprint, k.status, k.location,
           CASE WHEN k.attempt <> c.attempt THEN k.answer END
      FROM unnest(_ids, _attempts) WITH ORDINALITY c(id, attempt, n)
      LEFT JOIN LATERAL (
        -- OFFSET keeps it a look-up per id: a plan made while the table was empty stays in use.
        SELECT * FROM feesvc.command m WHERE m.log = _log AND m.id = c.id OFFSET 0
      ) k ON true
     ORDER BY c.n;
END $$;

-- Keeps answers for commands that were recorded without one; the first answer stands.
-- Returns the ids that are on record.
CREATE FUNCTION feesvc.answer(
    _log text, _ids uuid[], _statuses smallint[], _locations text[], _answers bytea[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    -- By id = ANY: a join could be planned, while the table is empty, as a walk through it.
    UPDATE feesvc.command k
       SET status = _statuses[array_position(_ids, k.id)],
           location = _locations[array_position(_ids, k.id)],
           answer = _answers[array_position(_ids, k.id)],
           answered_at = clock_timestamp()
     WHERE k.log = _log AND k.id = ANY (_ids) AND k.answered_at IS NULL;
    RETURN QUERY
    SELECT k.id FROM feesvc.command k WHERE k.log = _log AND k.id = ANY (_ids);
END $$;

-- Forgets the bytes of answers older than 72 hours, at most _limit at a time; returns how many.
CREATE FUNCTION feesvc.purge_answers(_limit integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH purged AS (
        UPDATE feesvc.command k SET answer = NULL
          FROM (SELECT c.log, c.id FROM feesvc.command c
                 WHERE c.answer IS NOT NULL AND c.answered_at < clock_timestamp() - interval '72 hours'
                 ORDER BY c.answered_at LIMIT _limit FOR UPDATE SKIP LOCKED) old
         WHERE k.log = old.log AND k.id = old.id
        RETURNING 1
    )
    SELECT count(*) FROM purged
$$;
