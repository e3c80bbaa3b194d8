SELECT * FROM refund
WHERE id IN (SELECT refund FROM taken WHERE transfer = ANY(%(transfers)s))
ORDER BY position
