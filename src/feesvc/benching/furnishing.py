"""Furnishing: an agency with an offline merchant account, a portal with a key, and assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from feesvc.application.house import Act, Decision, House
from feesvc.benching.stage import offline_intermediary
from feesvc.domain.agency import Agency
from feesvc.domain.aggregate import Aggregate
from feesvc.domain.assessment import Assessment
from feesvc.domain.ids import Ids
from feesvc.domain.line import Line
from feesvc.domain.merchant_account import MerchantAccount
from feesvc.domain.portal import Portal
from feesvc.money import Money

AGENCY = "G14"
PORTAL = "BENCH"
KEY = f"fsk_{PORTAL}_0123456789abcdef0123456789abcdef"
PORTAL_HEADERS = {"Authorization": f"Bearer {KEY}"}
RETURN_URL = "https://portal.example/return"
AT_ONCE = 200
"""Assessments of one command."""


@dataclass(frozen=True, slots=True)
class Furnished:
    """What requests for payments name."""

    account: UUID
    assessments: Sequence[UUID]

    def payment(self, assessment: UUID) -> dict[str, object]:
        """The body of a request for a payment."""
        return {
            "assessments": [str(assessment)],
            "account": str(self.account),
            "return_url": RETURN_URL,
        }


async def furnish(house: House, assessments: int) -> Furnished:
    """Record all that so many payment requests need, one assessment for each."""
    name, kind, settings = offline_intermediary()
    secret = frozenset(s.name for s in kind.settings if s.secret)
    now, ids, account_id = house.now(), house.store.ids, uuid4()
    agency = Agency.register(ids.agency(AGENCY), AGENCY, "Bộ", "Ministry", "", now)
    account = MerchantAccount.open(
        account_id, AGENCY, name, "test", settings, secret, ("VND",), now
    )
    agency.add_merchant_account(account_id, name, "test", ("VND",), now)
    await _keep(house, [agency, account])
    await admit(house, AGENCY)
    raised: list[UUID] = []
    while len(raised) < assessments:
        count = min(AT_ONCE, assessments - len(raised))
        new = [assessment(ids, len(raised) + n, now) for n in range(count)]
        await _keep(house, new)
        raised += [each.id for each in new]
    return Furnished(account_id, raised)


async def admit(house: House, agency: str) -> None:
    """Register a portal that acts for this agency, and give it its key."""
    now = house.now()
    portal = Portal.register(
        house.store.ids.portal(PORTAL), PORTAL, agency, "Cổng", [agency],
        ["payments:write", "payments:read", "assessments:read", "ledgers:read"], [RETURN_URL], now,
    )  # fmt: skip
    portal.issue_key("first", sha256(KEY.encode()).hexdigest(), None, now)
    await _keep(house, [portal])


def assessment(ids: Ids, number: int, at: datetime) -> Assessment:
    """A fee of which nine tenths are retained, and a charge."""
    dossier = f"{AGENCY}-{number // 10_000:06d}-{number % 10_000:04d}"
    lines = (_line(1, "fee", 90_000, 900_000), _line(2, "charge", 115_000, 0))
    return Assessment.first(
        Assessment.Raised, ids.assessment(AGENCY, dossier, "1"), at,
        agency=AGENCY, dossier=dossier, notice="1", procedure="1.004379", procedure_version=1,
        portal=PORTAL, channel="online", service_level="full", result_delivery="online",
        submitted_on=date(2026, 11, 20), due_on=None, payer_class="", identity_level=2,
        locality="", subject=None, lines=lines, content="", converted_from=None,
        total=Money(205_000, "VND"),
    )  # fmt: skip


def _line(number: int, kind: str, amount: int, retained_ppm: int) -> Line:
    money = Money(amount, "VND")
    return Line(
        number=number, kind="fee" if kind == "fee" else "charge", item=f"ITEM-{number}",
        name_vi="Lệ phí cấp giấy phép", name_en="Licence", quantity=1, full=money, reductions=(),
        amount=money, refundable=True, citation="TT 1/2026/TT-BTC", retained_ppm=retained_ppm,
        schedule=UUID(int=1), schedule_version=1,
    )  # fmt: skip


async def _keep(house: House, aggregates: Sequence[Aggregate]) -> None:
    async def decide() -> Decision[None]:
        return Decision(None, aggregates)

    act: Act = house.act(uuid4(), "process:bench")
    await house.settle(act, decide)
