-- Lines of a superseded statement that were matched or placed when it was superseded.
SELECT id FROM feesvc.line
WHERE statement = %(before)s AND number >= 0 AND state = 'superseded'
    AND reason IN ('matched', 'placed')
ORDER BY id
