"""A month of three agencies: from captures to closed, remitted books, by API and command line.

Who there is stands in ``month.json``; the days come from a seed. Nothing here calls a command of
the service other than over HTTP or as ``feesvc``: it is what people and their portal would do.
"""
