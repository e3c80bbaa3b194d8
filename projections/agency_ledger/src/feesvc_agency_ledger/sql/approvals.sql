SELECT refund, method, taken FROM approval WHERE refund = ANY(%s)
