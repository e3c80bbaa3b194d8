"""Wire: the words that requests and answers are made of; what is not one of them is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
)

from feesvc.money import LARGEST, Money
from feesvc.people import Details, RefundAccount

YEARS = range(1900, 3000)
"""A time at either end of the calendar has no day in another zone: no ledger could book it."""


When = TypeVar("When", bound=date)


def _plain(text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError("holds a control character")
    return text.strip()


def _as_text(value: object) -> object:
    if not isinstance(value, (str, UUID)):
        raise ValueError("must be a text")
    return value


def _of_our_times(when: When) -> When:
    if when.year not in YEARS:
        raise ValueError(f"lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return when


def text(longest: int, shortest: int = 1, pattern: str | None = None) -> Any:
    """The type of a text: no control characters, no NUL, at most ``longest`` characters."""
    bounds = Field(min_length=shortest, max_length=longest, pattern=pattern)
    return Annotated[str, bounds, AfterValidator(_plain)]


Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_plain)]
Code = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_plain)]
AgencyCode = Annotated[
    str, Field(max_length=35, pattern=re.compile(r"^[0-9A-Z][0-9A-Z.]*$").pattern)
]
Day = Annotated[date, BeforeValidator(_as_text), AfterValidator(_of_our_times)]
Moment = Annotated[AwareDatetime, AfterValidator(_of_our_times)]
Id = Annotated[UUID, BeforeValidator(_as_text)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Amount = Annotated[StrictInt, Field(ge=1, le=LARGEST)]
Reason = Annotated[str, Field(min_length=1, max_length=64, pattern="^[a-z0-9_]+$")]
"""A reason code. Sentences belong with the person, as a note: events hold no free text."""


class Body(BaseModel):
    """What a request says. A field we do not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class MoneyBody(Body):
    """An amount in minor units of its currency: 115000 VND is 115 000 đồng, 1234 USD is 12.34."""

    amount: Annotated[StrictInt, Field(ge=0, le=LARGEST)]
    currency: Currency

    def money(self) -> Money:
        return Money(self.amount, self.currency)


class RefundAccountBody(Body):
    bank: str = Field(max_length=50)
    number: str = Field(max_length=40)
    holder: str = Field(max_length=200)


class PersonBody(Body):
    """Whom it concerns. Kept encrypted, never in an event; answers name only the ``subject``."""

    name: str | None = Field(None, max_length=200)
    identity_number: str | None = Field(None, max_length=32)
    tax_code: str | None = Field(None, max_length=20)
    phone: str | None = Field(None, max_length=32)
    email: str | None = Field(None, max_length=254)
    address: str | None = Field(None, max_length=500)
    refund_account: RefundAccountBody | None = None
    note: str | None = Field(None, max_length=2000)

    def details(self) -> Details:
        account = self.refund_account
        return Details(
            name=self.name,
            identity_number=self.identity_number,
            tax_code=self.tax_code,
            phone=self.phone,
            email=self.email,
            address=self.address,
            note=self.note,
            refund_account=RefundAccount(**account.model_dump()) if account else None,
        )


class View(BaseModel):
    """What an answer says."""

    model_config = ConfigDict(frozen=True)


class MoneyView(View):
    amount: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> MoneyView:
        return cls(amount=money.amount, currency=money.currency)


class ReasonBody(Body):
    """Why: a code that the agency's rules of work name."""

    reason: Reason
