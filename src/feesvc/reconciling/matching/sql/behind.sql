SELECT log.position > projection.position AS behind
FROM feesvc.log AS log, feesvc.projection AS projection
WHERE projection.name = 'captures'
