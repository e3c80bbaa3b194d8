SELECT assessment, line, item FROM fee_line WHERE assessment = ANY(%s)
