SELECT id, currency, amount FROM claim WHERE agency = %s AND currency = %s AND amount > 0 ORDER BY id LIMIT %s
