UPDATE assessment SET receipt_series = given.series, receipt_number = given.number
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS given (id, series, number)
WHERE assessment.id = given.id
