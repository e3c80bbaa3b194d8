SELECT h.transfer, h.item, h.beneficiary, h.currency, h.amount, t.banked_at
  FROM held h JOIN transfer t ON t.id = h.transfer
 WHERE h.agency = %s AND h.item = %s AND h.currency = %s AND h.amount > 0
   AND (%s::text IS NULL OR h.beneficiary = %s)
   AND (t.banked_at IS NOT NULL OR h.item = 'cash')
 ORDER BY t.banked_at, h.transfer LIMIT %s
