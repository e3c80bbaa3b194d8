WITH answered AS (
    UPDATE stock.command
       SET status = %(status)s, location = %(location)s, answer = %(answer)s
     WHERE id = %(id)s AND status IS NULL
)
SELECT id FROM stock.command WHERE id = %(id)s
