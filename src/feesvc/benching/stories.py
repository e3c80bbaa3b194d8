"""Stories: what really happens to a dossier, told once in memory, as templates for a million.

The events come from the same commands that the service runs. Each template knows where ids, codes
and days stand in its bytes, in our form and in the library's JSON, so that a copy costs little.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeAlias
from uuid import UUID

from feesvc.application import refunding, refunds
from feesvc.application.house import Act
from feesvc.benching.library import JsonMapper
from feesvc.domain.aggregate import Aggregate, Recorded
from feesvc.intermediary import Refunded
from feesvc.money import Money
from feesvc.store.forms import form_of
from feesvc.testing.scenario import NOON, Scenario

AGENCY, DOSSIER, DAY = "ZZ99", "ZZ99-261120", "2026-11-20"
Parts: TypeAlias = tuple[str, ...]
"""Literal text and names of what changes, by turns."""


@dataclass(frozen=True, slots=True)
class Template:
    """One event of a story."""

    stream: str
    """The name of its stream: copies of a story give each name another id."""
    version: int
    topic: str
    form: int
    state: Parts
    json: Parts
    """The state as the library's own mapper writes it."""


@dataclass(frozen=True, slots=True)
class Story:
    """The events of one dossier, in order, and the names of the ids that each copy gives anew."""

    events: tuple[Template, ...]
    ids: tuple[str, ...]


@cache
def founding() -> Story:
    """An agency is registered.

    Its merchant account is left out: it is with an intermediary that only the story knows, and a
    service would not start without that one's adapter.
    """

    async def tell(scenario: Scenario) -> None:
        await scenario.agency(AGENCY)

    story = _told(tell)
    own = tuple(event for event in story.events if event.topic.startswith("agency."))
    return replace(story, events=own)


@cache
def paid() -> Story:
    """A fee and a charge are raised, asked for, and paid in full."""

    async def tell(scenario: Scenario) -> None:
        await _pay(scenario, await scenario.agency(AGENCY))

    return _told(tell, skipping=_founding_events())


@cache
def refunded() -> Story:
    """As ``paid``; then half of the fee goes back, through two people."""

    async def tell(scenario: Scenario) -> None:
        account = await scenario.agency(AGENCY)
        assessment = await _pay(scenario, account)
        await _refund(scenario, account, assessment)

    return _told(tell, skipping=_founding_events())


@cache
def unpaid() -> Story:
    """Raised, asked for, and not paid."""

    async def tell(scenario: Scenario) -> None:
        account = await scenario.agency(AGENCY)
        await scenario.payment(account, await scenario.assessment(AGENCY, ("charge", 115_000)))

    return _told(tell, skipping=_founding_events())


async def _pay(scenario: Scenario, account: UUID) -> UUID:
    assessment = await scenario.assessment(AGENCY, ("fee", 90_000), ("charge", 115_000))
    payment = await scenario.payment(account, assessment)
    await scenario.money(account, payment.reference, 205_000)
    return assessment


async def _refund(scenario: Scenario, account: UUID, assessment: UUID) -> None:
    house, transfer = scenario.house, await scenario.transfer(account)
    wish = refunds.Wish(
        transfer=transfer.id, amount=45_000, lines={(assessment, 1): 45_000}, reason="withdrawn",
        method="intermediary",
    )  # fmt: skip

    def act(who: str) -> Act:
        return house.act(scenario.some_id(), who)

    refund = (await refunds.request_refund(house, act("person:maker"), wish)).result
    assert refund is not None
    await refunds.approve_refund(house, act("person:checker"), refund.id, refund.digest)
    await refunding.instruct_refund(house, act("process:refunding"), refund.id)
    sent = await house.one(type(refund), refund.id, "refund")
    said = Refunded(
        reference=sent.reference, handle=sent.handle, amount=Money(45_000, "VND"),
        at=NOON + timedelta(seconds=2),
    )  # fmt: skip
    await scenario.says(account, said)


def _founding_events() -> int:
    """So many events come before the dossier's: the log's own, the agency's, its account's."""

    async def count() -> int:
        scenario = Scenario()
        await scenario.agency(AGENCY)
        return await scenario.store.head()

    return asyncio.run(count())


def _told(tell: Callable[[Scenario], object], skipping: int = 1) -> Story:
    """The events of a story after ``skipping`` of them: the log's own first, the agency's."""

    async def run() -> Sequence[Recorded]:
        scenario = Scenario()
        told = tell(scenario)
        assert asyncio.iscoroutine(told)
        await told
        return await scenario.store.read(skipping, 10_000)

    recorded = asyncio.run(run())
    streams = dict.fromkeys(one.event.originator_id for one in recorded)
    names = {stream: f"id{number}" for number, stream in enumerate(streams)}
    mapper = JsonMapper()
    return Story(
        tuple(_template(one.event, names, mapper) for one in recorded), tuple(names.values())
    )


def _template(event: Aggregate.Event, names: Mapping[UUID, str], mapper: JsonMapper) -> Template:
    form = form_of(type(event))
    ours = form.write(event).decode()
    theirs = mapper.to_stored_event(event).state.decode()
    changing = {
        DAY: "day", DOSSIER: "dossier", AGENCY: "agency",
        **{str(stream): name for stream, name in names.items()},
        **{stream.hex: f"{name}hex" for stream, name in names.items()},
        "T-1\"": "transaction", "mem001-": "epoch", '"portal":""': "portal",
    }  # fmt: skip
    return Template(
        names[event.originator_id], event.originator_version, form.topic, form.number,
        _parts(ours, changing), _parts(theirs, changing),
    )  # fmt: skip


def _parts(text: str, changing: Mapping[str, str]) -> Parts:
    pattern = "|".join(re.escape(found) for found in sorted(changing, key=len, reverse=True))
    pieces = re.split(f"({pattern})", text)
    return tuple(changing[piece] if n % 2 else piece for n, piece in enumerate(pieces))


def noon(day: str) -> datetime:
    """Noon of a day in Hà Nội."""
    return datetime.fromisoformat(day).replace(hour=5, tzinfo=UTC)
