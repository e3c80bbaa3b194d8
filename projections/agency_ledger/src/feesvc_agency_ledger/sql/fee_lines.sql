SELECT found.*
  FROM unnest(%s::uuid[]) AS wanted (assessment)
 CROSS JOIN LATERAL (
    SELECT assessment, line, item FROM fee_line
     WHERE assessment = wanted.assessment LIMIT 1000
  ) AS found
