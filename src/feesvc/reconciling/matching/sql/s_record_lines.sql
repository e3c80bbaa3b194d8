-- Lines that were matched; what a run only proposes leaves its line open.
DELETE FROM feesvc.unmatched_line
USING pair
WHERE unmatched_line.line = pair.line AND pair.how <> 'fuzzy'
