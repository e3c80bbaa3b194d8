-- Where a process stands; one that is new stands before the first event.
WITH begun AS (
    INSERT INTO feesvc.process (name, log, position) VALUES (%(process)s, %(log)s, 0)
    ON CONFLICT (name, log) DO NOTHING
    RETURNING position
)
SELECT position FROM begun
UNION ALL
SELECT position FROM feesvc.process WHERE name = %(process)s AND log = %(log)s
