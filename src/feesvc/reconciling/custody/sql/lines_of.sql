SELECT * FROM line WHERE assessment = ANY(%s::uuid[])
