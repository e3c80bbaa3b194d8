-- A group goes on, if it is still where it was seen; its members are active or not with it. A pair
-- is its own members.
WITH moved AS (
    UPDATE feesvc.match_group SET state = %(to)s
    WHERE id = %(id)s AND state = ANY (%(was)s)
    RETURNING id
), members AS (
    UPDATE feesvc.match_member SET active = %(active)s
    FROM moved
    WHERE match_member."group" = moved.id
    RETURNING item
), pairs AS (
    UPDATE feesvc.match_pair SET state = %(to)s, active = %(active)s
    WHERE id = %(id)s AND state = ANY (%(was)s)
    RETURNING id
)
SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM pairs) AS moved
