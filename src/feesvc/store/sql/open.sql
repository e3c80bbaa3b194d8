SELECT namespace, epoch FROM feesvc.open_log(%(log)s)
