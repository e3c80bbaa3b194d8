"""The ground: a house on PostgreSQL, agencies with their own counterparts, and one clock for all.

Intermediaries answer on the spot, in this thread; nothing waits for real time to pass.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from starlette.types import ASGIApp

from feesvc import plugins, processes
from feesvc.application import accounts
from feesvc.application.duties import set_duty_term
from feesvc.application.file_profiles import decide_on_profile, propose_profile, starting_profiles
from feesvc.application.house import Act
from feesvc.application.match_rules import approve_rules, propose_rules
from feesvc.application.tariffs import decide_tariff, propose_tariff
from feesvc.assembly import open_house, prepare_database
from feesvc.campaigns.planting.banked import CHARGE
from feesvc.domain.accounts import BankAccount, Purpose
from feesvc.domain.agency import Agency
from feesvc.domain.duties import Duty
from feesvc.domain.match_terms import MatchTerms, Tolerance
from feesvc.domain.merchant_account import SettlementTerm
from feesvc.domain.payment import Payment
from feesvc.domain.tariff import TariffTerms
from feesvc.embedded import Database
from feesvc.projecting.runner import Runner as ProjectionRunner
from feesvc.reacting.bookmarks import MemoryBookmark
from feesvc.reacting.runner import Runner as ProcessRunner
from feesvc.settings import load
from feesvc.store.following import LogReader
from feesvc.testing.at_once import Asked, HereTransport
from feesvc.testing.banking import Account
from feesvc.testing.counterpart import Counterpart
from feesvc.testing.world import HeldOutbox, World, intermediaries, path_of, stand_ins

BANK = "970415"
CAPTURES = "captures"
SETTLED_WITHIN, CREDITED_WITHIN = 3, 5
"""Business days: a document that is two days late is not too late yet."""
REMITTED_WITHIN, ADVANCE_WITHIN = 2, 5
"""Days by law: to pass on what was split on a day, and to deal with an advance."""
AT_ONCE = 1_000
"""Events that are looked at before processes have their turn."""
LONG_AGO = date(2020, 1, 1)
ADMINISTRATOR, OFFICER, SECOND = "person:administrator", "person:finance", "person:approver"


class Fallen(Exception):
    """What was to follow the log in a thread of its own stopped for good."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """One merchant account of an agency, and the counterpart that has it."""

    agency: str
    name: str
    counterpart: Counterpart
    account: UUID
    outbox: HeldOutbox


def at_the_bank() -> list[str]:
    """Intermediaries whose payments a bank's narrative names, and who settle nothing themselves."""
    kinds = stand_ins()
    named = [name for name, kind in intermediaries().items() if hasattr(kind, "references_in")]
    return [name for name in named if name in kinds and kinds[name].settles is None]


@dataclass
class Ground(World):
    """Opened by ``on``. ``agencies`` each have an account at every intermediary of ``names``."""

    agencies: Sequence[str] = ("G14", "G22")
    database: Database | None = None
    merchants: dict[tuple[str, str], Merchant] = field(default_factory=dict)
    banks: dict[str, tuple[Account, Account]] = field(default_factory=dict)
    """By agency: where intermediaries pay to, and the other account."""
    direct: dict[str, Merchant] = field(default_factory=dict)
    """By agency: what is paid straight to its bank, under a code that names the payment."""

    def __post_init__(self) -> None:
        chosen, self.names = self.names, ("nobody",)
        super().__post_init__()
        self.names = chosen
        self._apps: dict[str, ASGIApp] = {}
        self._transport = HereTransport(self._apps, None)
        self._followers: list[ProcessRunner] = []
        self._followed = 0
        self._projecting: list[ProjectionRunner] = []
        self._projections = list(plugins.projections().values())

    @asynccontextmanager
    async def on(self, database: Database, folder: Path) -> AsyncIterator[Ground]:
        """Migrate the database, open the house, and set up what stands at the beginning."""
        prepare_database(database.owner_url, "feesvc_service")
        self.database = database
        key = folder / "people_key"
        key.touch(mode=0o600)
        key.write_text(base64.b64encode(hashlib.sha256(b"campaign").digest()).decode())
        settings = load(
            database_url=database.url, owner_url=database.owner_url, people_key=f"file:{key}",
            public_url="https://fees.test",
        )  # fmt: skip
        async with open_house(settings, self.clock) as house:
            self.house = replace(house, desk=self.desk)
            self.store = house.store
            self._followers = [
                ProcessRunner(process, MemoryBookmark(), self.store, self.clock)
                for process in processes.every(self.house)
            ]
            with self._following(database.url), ExitStack() as stack:
                reader = stack.enter_context(LogReader(database.url))
                self._projecting = [
                    stack.enter_context(ProjectionRunner(database.url, one, reader))
                    for one in self._projections if one.name != CAPTURES
                ]  # fmt: skip
                for agency in self.agencies:
                    await self._agency(agency)
                yield self

    # What stands at the beginning

    async def _agency(self, code: str) -> None:
        agency = Agency.register(self.store.ids.agency(code), code, code, code, "", self.now)
        numbers = [f"1133{code[1:]:0>4}{last:04d}" for last in (1, 2)]
        main, other = (Account(bank=BANK, number=number) for number in numbers)
        self.banks[code] = (main, other)
        await self.keep(agency)
        await accounts.open_receipt_series(
            self.house, self.act(), code, f"BI-{code}", "01BLP0-001", 1, LONG_AGO
        )
        owner = await self.house.one(Agency, agency.id, code)
        purposes: tuple[Purpose, Purpose] = ("collection", "treasury_deposit")
        for purpose, account in zip(purposes, (main, other), strict=True):
            held = BankAccount(bank=BANK, number=account.number, currency="VND")
            owner.set_bank_account(purpose, held, LONG_AGO, self.now)
        await self.keep(owner)
        await self._rules(code)
        terms: dict[Duty, int] = {"remittance": REMITTED_WITHIN, "advance": ADVANCE_WITHIN}
        for duty, within in terms.items():
            await set_duty_term(self.house, self.act(), code, duty, "", "day", within, LONG_AGO)
        for name in self.names:
            merchant = self.merchants[code, name] = await self._merchant(code, name)
            await self._profile(code, merchant.account)
            await self._contract(merchant.account, merchant.counterpart)
        for name in at_the_bank():
            self.direct[code] = await self._merchant(code, name)

    async def _merchant(self, agency: str, name: str) -> Merchant:
        counterpart: Counterpart = stand_ins()[name](self.clock)
        host = f"{name.replace('_', '-')}.{agency.lower()}.counterpart.test"
        self._apps[host] = counterpart.app
        settings = dict(counterpart.settings(f"https://{host}"))
        new = accounts.NewMerchantAccount(
            agency=agency, intermediary=name, mode="test",
            currencies=tuple(intermediaries()[name].facts.currencies),
            settings=self.referred(name, settings),
        )  # fmt: skip
        id = self.some_id()
        await accounts.open_merchant_account(self.house, self.act(), id, new)
        outbox = HeldOutbox(counterpart)
        counterpart.outbox = outbox
        counterpart.notify_url = f"https://fees.test{path_of(id)}"
        return Merchant(agency, name, counterpart, id, outbox)

    async def _profile(self, agency: str, account: UUID) -> None:
        """Two people say that settlements are read as the adapter's first profile says."""
        [text, *_] = (await starting_profiles(self.house, agency, account)).values()
        done = await propose_profile(self.house, self.act(OFFICER), agency, account, text, LONG_AGO)
        assert done.result is not None
        number, digest, at = 1, done.result.versions[1].digest, self.now
        await decide_on_profile(
            self.house, self.act(SECOND), account,
            lambda one: one.approve(number, digest, SECOND, at),
        )  # fmt: skip

    async def _contract(self, account: UUID, counterpart: Counterpart) -> None:
        """What was agreed on: when money comes, what is kept of it, and what the bank may keep."""
        term = SettlementTerm(settled_within=SETTLED_WITHIN, credited_within=CREDITED_WITHIN)
        await accounts.set_settlement_term(self.house, self.act(), account, term, LONG_AGO)
        kept = counterpart.tariff
        terms = TariffTerms(
            currency="VND", ppm=kept.rate_ppm, fixed=kept.flat, tax_ppm=kept.tax_ppm,
            rounding=kept.rounding, bank_charge=CHARGE,
        )  # fmt: skip
        done = await propose_tariff(self.house, self.act(OFFICER), account, terms, LONG_AGO)
        assert done.result is not None
        [version], at = done.result.versions.values(), self.now
        await decide_tariff(
            self.house, self.act(SECOND), account,
            lambda one: one.approve(version.number, version.digest, SECOND, at),
        )  # fmt: skip

    async def _rules(self, agency: str) -> None:
        """A bank's charge is taken for what it is; everything else stays as it is usually."""
        told = Tolerance(account="5320", currency="VND", cap=CHARGE)
        terms = MatchTerms(tolerances=(told,))
        done = await propose_rules(self.house, self.act(OFFICER), agency, None, terms, LONG_AGO)
        assert done.result is not None
        [version] = done.result.versions.values()
        await approve_rules(
            self.house, self.act(SECOND), done.result.id, version.number, version.digest
        )

    # What happens

    async def ask_for(self, merchant: Merchant, *assessments: UUID) -> Payment:
        """A payment is asked for, and its page opened."""
        payment = await self.payment(merchant.account, *assessments)
        self.open_page(payment.url)
        return payment

    async def hear(self, merchant: Merchant) -> None:
        """What the intermediary has to say arrives at the API, as it came."""
        for build in merchant.outbox.taken():
            request = build()
            asked = Asked(
                request.method, request.url.path, request.url.query,
                [(name.lower(), value) for name, value in request.headers.raw], [request.read()],
            )  # fmt: skip
            answer = await self.sent(asked)
            assert answer is not None and answer.status < 500, answer

    async def settle_down(self) -> None:
        """Processes and projections follow to the head of the log, until nobody has more to do."""
        await self.follow()
        self.project()

    async def follow(self) -> None:
        """Processes do what there is to do now."""
        told = True
        while told:
            new = await self.store.read(self._followed, AT_ONCE)
            self._followed = new[-1].position if new else self._followed
            told = len(new) == AT_ONCE
            kinds = {type(recorded.event) for recorded in new}
            for runner in self._followers:
                due = await runner.bookmark.due(self.now, 1)
                if due or not kinds.isdisjoint(runner.process.events):
                    while await runner.turn() and runner.lag:
                        pass
                    told = True

    def project(self, *names: str) -> None:
        """Projections, or those of ``names``, reach the head of the log; captures follow it all the
        time.
        """
        for runner in self._projecting:
            if not names or runner.projection.name in names:
                runner.catch_up()

    @contextmanager
    def _following(self, url: str) -> Iterator[None]:
        """Captures follow the log in a thread of their own: runs wait for them."""
        stopping, failed = threading.Event(), list[Exception]()
        [captures] = [one for one in self._projections if one.name == CAPTURES]

        def work() -> None:
            try:
                with LogReader(url) as reader, ProjectionRunner(url, captures, reader) as runner:
                    runner.run(stopping)
            except Exception as error:  # noqa: BLE001 - it is raised where the campaign ends
                failed.append(error)

        thread = threading.Thread(target=work, name=CAPTURES, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
            for error in failed:
                raise Fallen(CAPTURES) from error

    def bank_account(self, agency: str, account: Account) -> UUID:
        """The id under which files tell of it."""
        return self.store.ids.bank_account(agency, account.bank, account.number, account.currency)

    def act(self, who: str = ADMINISTRATOR) -> Act:
        return self.house.act(self.some_id(), who)
