-- How far each follower of the log is: projections, and processes with what is due to them.

CREATE TABLE feesvc.projection (
    name       text PRIMARY KEY,
    version    integer NOT NULL,
    position   bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE feesvc.process (
    name     text NOT NULL,
    log      text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (name, log)
);

CREATE TABLE feesvc.due (
    process  text NOT NULL,
    log      text NOT NULL,
    position bigint NOT NULL,
    step     text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (process, log, position, step)
);
CREATE INDEX due_at ON feesvc.due (process, log, at);
-- Both are updated all the time and stay small: clean them long before the default would.
ALTER TABLE feesvc.due SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
