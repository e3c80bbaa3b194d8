"""The circumstances of a dossier on which its fees and their reductions depend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Channel: TypeAlias = Literal["online", "counter", "post"]
"""How the dossier was handed in; ``counter`` is paper at a one-stop desk."""

ServiceLevel: TypeAlias = Literal["full", "partial", "information"]
"""How much of a procedure is online: toàn trình, một phần, cung cấp thông tin."""

Deciding: TypeAlias = Literal["submitted", "assessed", "paid"]
"""Which day of a dossier decides what fee or reduction is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known when a dossier is priced. Days are Asia/Ho_Chi_Minh; nothing here is recorded.

    What is unknown (empty, 0, None) meets no condition that asks for it.
    """

    channel: Channel
    submitted_on: date
    assessed_on: date
    paid_on: date | None = None
    service_level: ServiceLevel | Literal[""] = ""
    identity_level: int = 0
    """The level of the payer's electronic identity (VNeID 1 or 2); 0 when there is none."""
    payer_class: str = ""
    locality: str = ""
    age: int | None = None
    """Full years, on the day that the caller's rule says."""

    def day(self, deciding: Deciding) -> date:
        """The deciding day. Until it is paid, what payment decides goes by ``assessed_on``."""
        if deciding == "submitted":
            return self.submitted_on
        if deciding == "paid" and self.paid_on is not None:
            return self.paid_on
        return self.assessed_on
