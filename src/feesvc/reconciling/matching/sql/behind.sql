SELECT %(head)s > position AS behind FROM feesvc.projection WHERE name = 'captures'
