SELECT k.id, 'repeat', k.first, k.last, k.recorded_at, k.fingerprint, k.status, k.location, k.answer
  FROM feesvc.command k
 WHERE k.log = %(log)s AND k.id = ANY (%(ids)s)
