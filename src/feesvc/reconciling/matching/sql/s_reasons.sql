-- An open line says why it is.
UPDATE feesvc.unmatched_line SET reason = break.code
FROM break
WHERE unmatched_line.line = break.line AND unmatched_line.reason <> break.code
