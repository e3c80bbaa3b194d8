SELECT assessment, array_agg(number ORDER BY number) AS lines
  FROM line WHERE agency = %s AND currency = %s AND share > 0
 GROUP BY assessment ORDER BY assessment LIMIT %s
