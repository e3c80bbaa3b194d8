INSERT INTO finding (id, opened, subject, code)
SELECT id, %s, subject, code FROM finding WHERE id = %s ORDER BY opened DESC LIMIT 1
