-- Lines that stand, and are open again.
INSERT INTO feesvc.unmatched_line (line, account, leg, state)
SELECT id, account, leg, 'open' FROM feesvc.told_line
WHERE id = ANY (%(lines)s) AND state = 'stands'
ON CONFLICT (line) DO UPDATE SET state = 'open', reason = ''
