-- What stands as a proposal already is not proposed again.
DELETE FROM pair
WHERE how = 'fuzzy' AND EXISTS (
    SELECT
    FROM feesvc.match_member AS other
    JOIN feesvc.match_member AS mine ON mine."group" = other."group"
    JOIN feesvc.match_group ON match_group.id = other."group"
    WHERE other.item = 'capture:' || pair.capture AND NOT other.active
      AND mine.item = 'line:' || pair.line AND match_group.state = 'proposed'
)
