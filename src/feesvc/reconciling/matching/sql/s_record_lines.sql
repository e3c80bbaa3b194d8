-- Lines that were matched; what a run only proposes leaves its line open.
UPDATE feesvc.line SET state = 'matched', reason = ''
FROM pair
WHERE feesvc.line.id = pair.line AND pair.how <> 'fuzzy'
