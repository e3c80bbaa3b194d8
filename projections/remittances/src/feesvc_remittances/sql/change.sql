UPDATE remittance SET state = %s, state_on = %s, proof = CASE WHEN %s = '' THEN proof ELSE %s END,
       agrees = coalesce(%s, agrees)
 WHERE id = %s
