-- A file none of whose statements stands is superseded as a whole.
UPDATE feesvc.source_file AS f SET state = 'superseded'
WHERE f.id = %(file)s AND f.state = 'accepted' AND NOT EXISTS (
    SELECT FROM feesvc.statement AS s WHERE s.file = f.id AND s.state <> 'superseded'
)
