-- Pairs that somebody said no to: they are not proposed again.
SELECT item.line, substr(other.item, 9)::uuid AS capture
FROM item
JOIN feesvc.match_member AS mine ON mine.item = 'line:' || item.line AND NOT mine.active
JOIN feesvc.match_group AS made ON made.id = mine."group"
    AND made.state IN ('rejected', 'reversed') AND made.how = 'fuzzy'
JOIN feesvc.match_member AS other ON other."group" = made.id AND other.side = 'A'
