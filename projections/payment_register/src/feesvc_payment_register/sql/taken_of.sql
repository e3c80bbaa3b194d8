SELECT refund, transfer, amount FROM taken WHERE refund = ANY(%(refunds)s) ORDER BY transfer
