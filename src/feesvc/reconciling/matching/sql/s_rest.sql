-- Lines of the batch itself (fees, taxes, carries, payouts): booked with it, matched with nothing.
UPDATE feesvc.unmatched_line SET state = 'placed', reason = 'to_batch'
FROM item
WHERE unmatched_line.line = item.line
  AND item.kind IN ('fee', 'tax', 'carry_in', 'carry_out', 'payout')
