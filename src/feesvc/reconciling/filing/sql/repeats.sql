-- Lines that stand already, accepted from another file; ``told`` are such without a name.
SELECT count(*) AS repeats
FROM feesvc.told_line AS l
WHERE l.statement = %(statement)s AND l.state = 'read' AND (
    l.id = ANY (%(told)s) OR EXISTS (
        SELECT FROM feesvc.told_line AS o
        WHERE o.account = l.account AND o.leg = l.leg AND o.identity = l.identity
            AND o.state = 'stands'
    )
)
