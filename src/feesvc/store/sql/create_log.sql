SELECT feesvc.create_log(%(log)s)
