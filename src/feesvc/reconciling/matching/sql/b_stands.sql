-- Whether this very proposal waits for somebody already.
SELECT match_group.id
FROM feesvc.match_group
JOIN feesvc.match_member AS mine ON mine."group" = match_group.id AND mine.side = 'B'
WHERE match_group.state = 'proposed' AND mine.item = %(line)s
  AND %(items)s::text[] = ARRAY(
        SELECT other.item FROM feesvc.match_member AS other
        WHERE other."group" = match_group.id AND other.side = 'A' ORDER BY other.item
    )
