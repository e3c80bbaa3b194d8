-- The statements that have lines to be booked.
SELECT * FROM feesvc.statement WHERE id = ANY (%(statements)s) ORDER BY ends_on, identity
