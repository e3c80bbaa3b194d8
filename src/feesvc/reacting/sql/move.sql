-- Position and due list move together: one statement is one transaction and one round trip.
WITH moved AS (
    UPDATE feesvc.process SET position = %(position)s
    WHERE name = %(process)s AND log = %(log)s AND position = %(held)s
    RETURNING name, log
), done AS (
    DELETE FROM feesvc.due AS due
    USING moved, unnest(%(done_positions)s::bigint[], %(done_steps)s::text[])
        AS gone (position, step)
    WHERE due.process = moved.name AND due.log = moved.log
      AND due.position = gone.position AND due.step = gone.step
), added AS (
    INSERT INTO feesvc.due (process, log, position, step, at)
    SELECT moved.name, moved.log, new.position, new.step, new.at
    FROM moved, unnest(%(positions)s::bigint[], %(steps)s::text[], %(times)s::timestamptz[])
        AS new (position, step, at)
    ON CONFLICT (process, log, position, step) DO NOTHING
)
SELECT count(*) = 1 AS ours FROM moved
