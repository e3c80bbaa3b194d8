-- The service's rights, given again at each migration: it reads all, appends through functions,
-- and writes only the tables named here.
DO $$
DECLARE
    service text := current_setting('feesvc.service_role');
BEGIN
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA feesvc FROM PUBLIC;
    EXECUTE format('GRANT USAGE ON SCHEMA feesvc TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA feesvc TO %I', service);
    EXECUTE format('GRANT USAGE ON SEQUENCE feesvc.number TO %I', service);
    EXECUTE format('GRANT EXECUTE ON FUNCTION feesvc.append, feesvc.answer, feesvc.open_log, '
                   'feesvc.purge_answers, feesvc.renew_epoch, feesvc.pair_id TO %I', service);
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON feesvc.projection, feesvc.process, feesvc.due '
                   'TO %I', service);
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON feesvc.master_key, feesvc.person_key, '
                   'feesvc.person_detail, feesvc.person_index TO %I', service);
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON feesvc.unmatched_line TO %I', service);
    EXECUTE format('GRANT INSERT, UPDATE ON feesvc.source_file, feesvc.statement, '
                   'feesvc.match_run, feesvc.match_group, feesvc.match_member, '
                   'feesvc.match_pair, feesvc.match_break TO %I', service);
    -- What a line says stays as it was told: only where it stands and whether it counts changes.
    EXECUTE format('REVOKE UPDATE ON feesvc.told_line FROM %I', service);
    EXECUTE format('GRANT INSERT, UPDATE (statement, number, state, reason, shared, told_as) '
                   'ON feesvc.told_line TO %I', service);
    -- Tombstones stay, and so does the record of who looked at whom.
    EXECUTE format('GRANT INSERT, UPDATE ON feesvc.person, feesvc.document TO %I', service);
    EXECUTE format('GRANT INSERT ON feesvc.person_read, feesvc.person_agency, feesvc.inbox, '
                   'feesvc.inbox_read TO %I', service);
END $$;
