-- A credit that the bank took back: its match is reversed, so that what it paid may be matched
-- again. The other lines of that match stay booked.
WITH credited AS (
    SELECT id
    FROM feesvc.line
    WHERE account = %(account)s AND leg = 'B' AND net > 0
      AND CASE WHEN shared OR native_id = '' THEN identity ELSE native_id END = %(reference)s
), released AS (
    UPDATE feesvc.match_group SET state = 'reversed'
    FROM feesvc.match_member AS mine, credited
    WHERE mine."group" = match_group.id AND mine.active AND mine.item = 'line:' || credited.id
    RETURNING match_group.id
), members AS (
    UPDATE feesvc.match_member SET active = false
    FROM released
    WHERE match_member."group" = released.id
    RETURNING item, side
)
UPDATE feesvc.line
SET state = 'placed', reason = CASE WHEN credited.id IS NULL THEN 'of_batch' ELSE 'taken_back' END
FROM members
LEFT JOIN credited ON members.item = 'line:' || credited.id
WHERE members.side = 'B' AND members.item = 'line:' || feesvc.line.id
