SELECT currency, item, amount FROM sum WHERE agency = %s ORDER BY currency, item
