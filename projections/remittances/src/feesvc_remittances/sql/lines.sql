SELECT assessment, line, kind, item, name_vi, codes::text AS codes FROM fee_line
 WHERE assessment = ANY(%s::uuid[])
