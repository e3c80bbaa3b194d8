SELECT DISTINCT currency FROM balance
 WHERE agency = ANY(%(agencies)s::text[]) AND span = 'Y' ORDER BY currency
