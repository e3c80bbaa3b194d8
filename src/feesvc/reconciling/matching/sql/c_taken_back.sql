-- A credit that the bank took back: its match is reversed, so that what it paid may be matched
-- again. The other lines of that match stay booked.
WITH credited AS (
    SELECT id
    FROM feesvc.told_line
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
    RETURNING line, side
)
INSERT INTO feesvc.unmatched_line (line, account, leg, state, reason)
SELECT told.id, told.account, told.leg, 'placed',
    CASE WHEN credited.id IS NULL THEN 'of_batch' ELSE 'taken_back' END
FROM members
JOIN feesvc.told_line AS told ON told.id = members.line AND told.state = 'stands'
LEFT JOIN credited ON credited.id = told.id
WHERE members.side = 'B'
ON CONFLICT (line) DO UPDATE SET state = 'placed', reason = excluded.reason
