INSERT INTO remittance VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'drawn', %s, '', NULL)
