SELECT item, amount FROM sum WHERE agency = %s AND currency = %s
