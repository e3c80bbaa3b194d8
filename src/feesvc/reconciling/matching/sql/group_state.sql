-- A group goes on, if it is still where it was seen; its members are active or not with it.
WITH moved AS (
    UPDATE feesvc.match_group SET state = %(to)s
    WHERE id = %(id)s AND state = ANY (%(was)s)
    RETURNING id
), members AS (
    UPDATE feesvc.match_member SET active = %(active)s
    FROM moved
    WHERE match_member."group" = moved.id
    RETURNING item
)
SELECT count(*) AS moved FROM moved
