-- What settlement lines say of the transfer that they take from or give back to.
SELECT DISTINCT account, native_id, told_original FROM feesvc.line
WHERE leg = 'S' AND told_original <> ''
