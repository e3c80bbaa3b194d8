SELECT pass, code, count(*) FROM found GROUP BY ALL ORDER BY ALL
