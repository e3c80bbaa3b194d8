SELECT bucket.transfer, bucket.place,
       nullif(bucket.assessment, '00000000-0000-0000-0000-000000000000') AS assessment,
       bucket.line, bucket.beneficiary, bucket.reason, bucket.amount
FROM bucket
WHERE bucket.transfer = ANY(%(transfers)s) AND bucket.amount > 0
ORDER BY bucket.place, bucket.assessment, bucket.line
