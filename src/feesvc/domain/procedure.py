"""Procedure: an administrative procedure of an agency, and how much of it is online, by date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from eventsourcing.domain import event

from feesvc.domain.agency_code import agency_code
from feesvc.domain.aggregate import Aggregate, FirstEvent, Refusal
from feesvc.domain.circumstances import ServiceLevel
from feesvc.domain.dated import Dated
from feesvc.domain.ids import code as as_code
from feesvc.domain.ids import plain

PROCEDURE_CODE = re.compile(r"[0-9A-Z][0-9A-Z.]{0,34}")
"""As the national database gives them, e.g. 1.004379, 2.001195, 1.000948.H38."""


class WrongProcedureCode(Refusal):
    """A procedure's code is at most 35 of 0-9, A-Z and the point"""


class NamelessProcedure(Refusal):
    """A procedure needs a Vietnamese and an English name"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """How the procedure is offered from some day on."""

    service_level: ServiceLevel
    level_text: str
    """The level in the words of the decision that set it, e.g. ``Toàn trình``, ``Mức độ 4``."""
    on_national_portal: bool
    takes_online_payment: bool


class Procedure(Aggregate):
    TOPIC = "procedure"

    class Registered(FirstEvent):
        """An agency handles this procedure."""

        TOPIC = "procedure.registered"
        agency: str
        code: str
        name_vi: str
        name_en: str

    class Described(Aggregate.Event):
        """How it is offered from a day on."""

        TOPIC = "procedure.described"
        service_level: ServiceLevel
        level_text: str
        on_national_portal: bool
        takes_online_payment: bool
        effective_on: date

    @event(Registered)
    def __init__(self, agency: str, code: str, name_vi: str, name_en: str) -> None:
        self.agency = agency
        self.code = code
        self.name_vi = name_vi
        self.name_en = name_en
        self._descriptions: Dated[Description | None] = Dated()

    def described_on(self, day: date) -> Description | None:
        """How it is offered on ``day``; None when nobody has said."""
        return self._descriptions.on(day, None)

    # Commands decide. A repeated command changes nothing.

    @classmethod
    def register(
        cls, id: UUID, agency: str, code: str, name_vi: str, name_en: str, at: datetime
    ) -> Self:
        """``id`` is ``Ids.procedure(agency, code)``. Raises ``WrongProcedureCode``."""
        code, vi, en = as_code(code), plain(name_vi), plain(name_en)
        if not PROCEDURE_CODE.fullmatch(code):
            raise WrongProcedureCode(f"{code[:40]!r}")
        if not (vi and en):
            raise NamelessProcedure(code)
        return cls.first(
            cls.Registered, id, at, agency=agency_code(agency), code=code, name_vi=vi, name_en=en
        )

    def describe(self, description: Description, effective_on: date, at: datetime) -> None:
        if self.described_on(effective_on) == description:
            return
        self.record(
            self.Described, at, service_level=description.service_level,
            level_text=description.level_text, on_national_portal=description.on_national_portal,
            takes_online_payment=description.takes_online_payment, effective_on=effective_on,
        )  # fmt: skip

    # Mutators record. They run again on every replay, so they never decide and never refuse.

    @event(Described)
    def _described(
        self, service_level: ServiceLevel, level_text: str, on_national_portal: bool,
        takes_online_payment: bool, effective_on: date,
    ) -> None:  # fmt: skip
        description = Description(
            service_level=service_level,
            level_text=level_text,
            on_national_portal=on_national_portal,
            takes_online_payment=takes_online_payment,
        )
        self._descriptions = self._descriptions.since(effective_on, description)
