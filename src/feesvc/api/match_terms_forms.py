"""How terms of matching are asked for and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from feesvc.api.wire import Amount, Body, Currency
from feesvc.domain.match_terms import BANK, SETTLEMENT, MatchTerms, Pass, Tolerance


class ToleranceBody(Body):
    """A difference that needs no person: up to ``cap`` minor units, posted to ``account``."""

    account: Literal["1290", "5320"]
    currency: Currency
    cap: Amount


class TermsBody(Body):
    """``passes`` in the order in which they look; ``days`` are business days, ``distance`` and
    ``margin`` letters. Without a tolerance there is none."""

    passes: list[Pass] = Field(default_factory=lambda: [*SETTLEMENT, *BANK], max_length=20)
    days: Annotated[StrictInt, Field(ge=0, le=30)] = 3
    distance: Annotated[StrictInt, Field(ge=0, le=3)] = 3
    margin: Annotated[StrictInt, Field(ge=1, le=10)] = 2
    tolerances: list[ToleranceBody] = Field(default_factory=list, max_length=20)

    def terms(self) -> MatchTerms:
        """Raises ``BadMatchTerms``."""
        return MatchTerms(
            passes=tuple(self.passes), days=self.days, distance=self.distance, margin=self.margin,
            tolerances=tuple(
                Tolerance(account=one.account, currency=one.currency, cap=one.cap)
                for one in self.tolerances
            ),
        ).check()  # fmt: skip

    @classmethod
    def of(cls, terms: MatchTerms) -> TermsBody:
        return cls(
            passes=list(terms.passes), days=terms.days, distance=terms.distance,
            margin=terms.margin,
            tolerances=[
                ToleranceBody(account=t.account, currency=t.currency, cap=t.cap)  # type: ignore[arg-type]
                for t in terms.tolerances
            ],
        )  # fmt: skip
