DELETE FROM waiting WHERE assessment = ANY(%s::uuid[])
