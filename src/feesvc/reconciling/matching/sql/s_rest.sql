-- Lines of the batch itself (fees, taxes, carries, payouts): booked with it, matched with nothing.
UPDATE feesvc.line SET state = 'placed', reason = 'to_batch'
FROM item
WHERE feesvc.line.id = item.line
  AND item.kind IN ('fee', 'tax', 'carry_in', 'carry_out', 'payout')
