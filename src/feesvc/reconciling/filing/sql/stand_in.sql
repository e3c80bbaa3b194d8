-- A line that the new statement has no more, and that another accepted file repeated, is open from
-- there: what one file takes back, the other one still says.
WITH heir AS (
    UPDATE feesvc.told_line AS l SET state = 'stands', reason = ''
    FROM (
        SELECT DISTINCT ON (other.leg, other.identity) other.id
        FROM feesvc.told_line AS gone
        JOIN feesvc.told_line AS other
            ON other.account = gone.account AND other.leg = gone.leg
            AND other.identity = gone.identity AND other.state = 'repeated'
        JOIN feesvc.statement
            ON statement.id = other.statement AND statement.state = 'accepted'
        WHERE gone.statement = %(before)s AND gone.number >= 0 AND gone.state = 'superseded'
          AND NOT EXISTS (
                SELECT FROM feesvc.told_line AS new
                WHERE new.statement = %(after)s AND new.identity = gone.identity
            )
          AND NOT EXISTS (
                SELECT FROM feesvc.told_line AS stands
                WHERE stands.account = gone.account AND stands.leg = gone.leg
                  AND stands.identity = gone.identity AND stands.state = 'stands'
            )
        ORDER BY other.leg, other.identity, other.id
    ) AS first
    WHERE l.id = first.id
    RETURNING l.id, l.account, l.leg
)
INSERT INTO feesvc.unmatched_line (line, account, leg, state)
SELECT id, account, leg, 'open' FROM heir
