"""Registering: agencies, officers, accounts and the sample fees, all through the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from feesvc.cli.demo.asking import Voice, token_of
from feesvc.cli.demo.script import script
from feesvc.cli.demo.standing_in import OPERATOR, StandIn
from feesvc.cli.demo.starting import Demo
from feesvc.cli.sample import FIRST_DAY, SampleDocument, sample
from feesvc.domain.officer import Role
from feesvc.domain.portal import SCOPES

AT_ONCE = 8
"""Legal documents that are put on record side by side."""


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody who acts in the demo. ``accounts`` are ids of merchant accounts by name."""

    demo: Demo
    operator: Voice
    people: Mapping[Role, Voice]
    portal: Voice
    accounts: Mapping[str, str]

    @property
    def submitted_on(self) -> str:
        return script().submitted_on.isoformat()

    def stand_in(self, account: str) -> StandIn:
        return next(s for s in self.demo.stand_ins if s.account.name == account)


@contextmanager
def registered(demo: Demo) -> Iterator[Town]:
    """Everybody signed in, everything registered; on kept books only what ended with the start."""
    with ExitStack() as stack:

        def voice(credential: str) -> Voice:
            spoken = Voice(demo.url, credential)
            stack.callback(spoken.close)
            return spoken

        operator = voice(token_of(demo.issuer.url, OPERATOR))
        people = {role: voice(token_of(demo.issuer.url, role)) for role in script().roles}
        if demo.fresh:
            _register_agencies(operator)
        _appoint(operator, demo)
        if demo.fresh:
            _register_fees(people)
            _register_portal(operator, demo)
        walked = [s for s in demo.stand_ins if s.account in script().accounts]
        accounts = {stand_in.account.name: _open(people, stand_in) for stand_in in walked}
        portal = voice(_portal_key(operator, demo))
        yield Town(demo, operator, people, portal, accounts)


def open_window(town: Town) -> None:
    """Let the sample portal's page take money through every other intermediary as well."""
    if town.demo.fresh:
        account = {"purpose": "collection", **msgspec.to_builtins(script().portal_bank)}
        town.people["administrator"].post(
            f"/agencies/{script().portal_agency}/bank-accounts",
            {**account, "effective_on": FIRST_DAY.isoformat()},
        )
    for stand_in in town.demo.stand_ins:
        if stand_in.account not in script().accounts:
            _open(town.people, stand_in)
    town.demo.portal.town = town


def _register_agencies(operator: Voice) -> None:
    for agency in sample().agencies:
        body = {"code": agency.code, "name_vi": agency.name_vi, "name_en": agency.name_en}
        operator.post("/agencies", {**body, "parent": agency.parent or None})


def _appoint(operator: Voice, demo: Demo) -> None:
    """Also on kept books: the issuer may have another address today, and so another name."""
    for office in script().offices:
        for role in script().roles:
            who = {"issuer": demo.issuer.url, "sub": f"demo-{role}", "roles": [role]}
            operator.post(f"/agencies/{office}/officers", who)


def _register_fees(people: Mapping[Role, Voice]) -> None:
    """Procedures and receipt series, and every fee: proposed by one person, approved by another."""
    administrator = people["administrator"]
    for procedure in script().procedures:
        said = msgspec.to_builtins(procedure)
        at = f"/agencies/{said.pop('agency')}/procedures"
        administrator.post(at, said)
        administrator.post(
            f"{at}/{procedure.code}/describe",
            {
                "service_level": "full", "level_text": "Toàn trình", "on_national_portal": True,
                "takes_online_payment": True, "effective_on": FIRST_DAY.isoformat(),
            },
        )  # fmt: skip
    for series in script().receipt_series:
        said = {"series": series.series, "form": series.form}
        at = f"/agencies/{series.agency}/receipt-series"
        administrator.post(at, {**said, "effective_on": FIRST_DAY.isoformat()})
    opened = [(document, _open_schedule(people, document)) for document in sample().documents]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(_fill, people, *one) for one in opened]:
            done.result()


def _open_schedule(people: Mapping[Role, Voice], document: SampleDocument) -> str:
    body = {"document": document.document, "title": document.title}
    said = people["finance"].post(f"/agencies/{document.agency}/fee-schedules", body)
    return f"/fee-schedules/{said['id']}"


def _fill(people: Mapping[Role, Voice], document: SampleDocument, schedule: str) -> None:
    for item in document.fee_items():
        body = {"proposal": item.code, "item": msgspec.to_builtins(item)}
        _agree(people, f"{schedule}/items", body)
    for reduction in document.fee_reductions():
        body = {"proposal": reduction.code, "reduction": msgspec.to_builtins(reduction)}
        _agree(people, f"{schedule}/reductions", body)


def _agree(people: Mapping[Role, Voice], path: str, proposal: dict[str, Any]) -> None:
    people["finance"].post(path, proposal)
    people["approver"].post(f"{path}/{proposal['proposal']}/approve")


def _register_portal(operator: Voice, demo: Demo) -> None:
    operator.post(
        "/portals",
        {
            "code": script().portal, "agency": script().portal_owner, "name": "Portal (sample)",
            "agencies": [agency.code for agency in sample().agencies], "scopes": list(SCOPES),
            "return_urls": [demo.return_url],
        },
    )  # fmt: skip


def _portal_key(operator: Voice, demo: Demo) -> str:
    """A key of this start: an earlier one's secret was told once, and is kept nowhere."""
    at = f"/portals/{script().portal}"
    if not demo.fresh:
        operator.post(f"{at}/return-urls", {"return_urls": [demo.return_url]})
    name = f"demo-{len(operator.get(at)['keys']) + 1}"
    return str(operator.post(f"{at}/keys", {"key": name})["secret"])


def _open(people: Mapping[Role, Voice], stand_in: StandIn) -> str:
    """A merchant account at this stand-in, which knows no order of an earlier start's."""
    account, administrator = stand_in.account, people["administrator"]
    at = f"/agencies/{account.agency}/merchant-accounts"
    for known in administrator.get(at)["merchant_accounts"]:
        same = known["currencies"] == list(account.currencies)
        if same and known["intermediary"] == account.intermediary:
            administrator.post(f"/merchant-accounts/{known['id']}/close")
    said = administrator.post(
        at,
        {
            "intermediary": account.intermediary, "mode": "test", "settings": stand_in.settings,
            "currencies": list(account.currencies),
        },
    )  # fmt: skip
    stand_in.counterpart.notify_url = said["notification_url"]
    return str(said["id"])
