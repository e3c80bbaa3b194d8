"""The code of an agency: Decision 20/2020/QĐ-TTg, at most 35 of 0-9, A-Z and the point."""

from __future__ import annotations

import re

from feesvc.domain.aggregate import Refusal
from feesvc.domain.ids import code

AGENCY_CODE = re.compile(r"[0-9A-Z][0-9A-Z.]{0,34}")


class WrongAgencyCode(Refusal):
    """An agency's code is at most 35 of 0-9, A-Z and the point, and starts with no point"""


def agency_code(text: str) -> str:
    """The code as it is recorded, upper-case and trimmed: G14, H26.31, 000.00.00.G14."""
    found = code(text)
    if not AGENCY_CODE.fullmatch(found):
        raise WrongAgencyCode(f"{found[:40]!r}")
    return found
