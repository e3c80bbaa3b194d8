-- Lines of a superseded statement that were matched or placed when it was superseded.
SELECT id FROM feesvc.told_line
WHERE statement = %(before)s AND number >= 0 AND state = 'superseded'
    AND (reason = 'matched' OR reason LIKE 'placed%%')
ORDER BY id
