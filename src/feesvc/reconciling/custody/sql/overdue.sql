SELECT h.agency, h.beneficiary, h.transfer, h.currency, h.amount, t.banked_at
  FROM held h JOIN transfer t ON t.id = h.transfer
 WHERE h.item = 'other_agency' AND h.amount > 0 AND t.banked_at <= %s
   AND (%s::text IS NULL OR h.agency = %s)
 ORDER BY t.banked_at, h.transfer LIMIT %s
