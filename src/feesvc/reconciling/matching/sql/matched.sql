-- Lines that belong to a match from now on.
DELETE FROM feesvc.unmatched_line WHERE line = ANY (%(lines)s)
