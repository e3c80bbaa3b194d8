"""The whole road of money over HTTP, as the people of an agency and those around it go it.

Each verb is what one of them does: with their own role, through real files where files are the way.
"""

from __future__ import annotations

from feesvc.testing.road.officers import Road, open_road
from feesvc.testing.road.papers import Papers, movement
from feesvc.testing.road.people import SINCE
from feesvc.testing.road.proofs import Proofs

__all__ = ["SINCE", "Papers", "Proofs", "Road", "movement", "open_road"]
