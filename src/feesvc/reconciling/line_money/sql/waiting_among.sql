SELECT assessment, line, banked_on, agency, kind, currency, amount
  FROM waiting WHERE assessment = ANY(%s::uuid[])
