-- Lines left over that name an order of ours letter for letter: nothing of them is damaged.
CREATE TABLE ordered AS
SELECT every_item.identity AS line
FROM every_item
SEMI JOIN item ON item.identity = every_item.identity
SEMI JOIN read_csv(
    (getvariable('asked') ->> 'orders'), header = true, auto_detect = false, delim = ',',
    columns = {'reference': 'VARCHAR'}
) AS placed ON placed.reference = every_item.reference;
