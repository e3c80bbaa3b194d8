-- Proposals that somebody said no to: they are not made again.
SELECT substr(mine.item, 6)::bigint AS line, other.item
FROM feesvc.match_group
JOIN feesvc.match_member AS mine ON mine."group" = match_group.id AND mine.side = 'B'
JOIN feesvc.match_member AS other ON other."group" = match_group.id AND other.side = 'A'
WHERE match_group.agency = %(agency)s AND match_group.leg = 'B'
  AND match_group.state = 'rejected'
