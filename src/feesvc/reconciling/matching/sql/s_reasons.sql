-- An open line says why it is.
UPDATE feesvc.line SET reason = break.code
FROM break
WHERE feesvc.line.id = break.line AND feesvc.line.reason <> break.code
