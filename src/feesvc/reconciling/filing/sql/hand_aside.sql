-- What another file repeated, first step: the lines that repeated it leave their numbers.
UPDATE feesvc.told_line SET number = -number - 1 WHERE id = ANY (%(heirs)s)
