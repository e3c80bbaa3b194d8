-- What an earlier pass matched is matched with nothing else. Where it is the first one, nothing was.
DELETE FROM pair AS later
USING pair AS earlier
WHERE later.pass = %(pass)s AND earlier.pass <> %(pass)s AND earlier.capture = later.capture
