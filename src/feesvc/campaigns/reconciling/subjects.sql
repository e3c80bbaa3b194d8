-- What cases are about, by its id: lines, what lines may match, and the batches that were declared,
-- each with its account and the name that a file has for it.
SELECT 'line' AS kind, NULL::uuid AS id, line.account, line.leg, line.identity,
    line.native_id AS name
FROM feesvc.line
UNION
SELECT 'capture', capture.transfer, capture.account, '', capture.transaction, capture.transaction
FROM captures.capture
WHERE capture.kind = 'payment'
UNION
SELECT 'capture', capture.refund, capture.account, '', capture.transaction, capture.transaction
FROM captures.capture
WHERE capture.kind IN ('refund', 'refund_reversal')
UNION
SELECT 'candidate', capture.id, capture.account, '', capture.transaction, capture.transaction
FROM captures.capture
UNION
SELECT 'batch', NULL::uuid, statement.account, '', statement.identity, statement.identity
FROM feesvc.statement
WHERE statement.source = 'settlement'
