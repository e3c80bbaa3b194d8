SELECT verdict, first, last, recorded_at, fingerprint, status, location, answer
  FROM feesvc.append(%(log)s, %(gaps)s, %(ids)s, %(attempts)s, %(principals)s, %(actors)s, %(causes)s,
       %(fingerprints)s, %(statuses)s, %(locations)s, %(answers)s, %(owners)s, %(streams)s,
       %(versions)s, %(agencies)s, %(topics)s, %(forms)s, %(states)s)
