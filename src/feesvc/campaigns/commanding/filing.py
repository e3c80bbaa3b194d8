"""Steps about files and matches: what stands in rows beside the log, in a house that keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from uuid import UUID

from feesvc.application import (
    concluding,
    expecting,
    file_profiles,
    file_restoring,
    files,
    manual_matches,
    matches,
    matching,
    transfers,
)
from feesvc.application.house import Act
from feesvc.application.manual_matches import ByHand
from feesvc.campaigns.commanding import Everything, Step, Steps, told
from feesvc.campaigns.commanding.paying import FEE, checking, heard
from feesvc.domain.file_profiles import FileProfiles
from feesvc.intermediary import Received
from feesvc.reconciling.filing import SourceFile
from feesvc.reconciling.filing.keeping import Filing
from feesvc.reconciling.matching.runs import Run
from feesvc.store import Answer
from feesvc.testing.scenario import NOON
from feesvc.testing.tables import some_profile

FILING = Steps()
OFFICER, OTHER = "person:officer", "person:other"
DAY = date(2026, 11, 20)


def settled(batch: str, *lines: tuple[str, str, int, int], net: int = 0) -> bytes:
    """What an intermediary pays out: kind, transaction, gross and commission of each line."""
    summed = sum(gross - commission for _, _, gross, commission in lines)
    said = {"batch": batch, "net": net or summed, "count": len(lines), "lines": lines}
    return json.dumps(said).encode()


FEE_AND_UNKNOWN = (("payment", "T-1", 100_000, 1_100), ("payment", "T-90", 50_000, 550))
DAMAGED = {5: ("9988776655", "9988776656"), 6: ("5544332211", "5544332212")}
"""Transactions of payments, and what a careless hand made of them."""
FILES = {
    "settled": settled("F-1", *FEE_AND_UNKNOWN),
    "restated": settled("F-1", ("payment", "T-1", 100_000, 1_000), FEE_AND_UNKNOWN[1]),
    "mistaken": b"{",
    "damaged": settled("F-3", *(("payment", made, 100_000, 0) for _, made in DAMAGED.values())),
    "wrong sum": settled("F-2", ("payment", "T-92", 1_000, 0), net=7),
}


def shown(file: SourceFile) -> str:
    return f"{file.state} {file.verdict}"


def receives(name: str) -> Step:
    async def receive(e: Everything, act: Act) -> object:
        taken = await files.receive_file(
            e.s.house, agency=e.code, account_id=e.id("account"), content=FILES[name],
            came_by="upload", principal=OFFICER,
        )  # fmt: skip
        e.ids[f"file {name}"] = taken.file.id
        return shown(taken.file)

    return receive


def accepts(name: str, digest: Callable[[SourceFile], str] = lambda _: "") -> Step:
    async def accept(e: Everything, act: Act) -> object:
        id = e.ids[f"file {name}"]
        file = await files.filed(e.s.house, id)
        return await files.accept_file(
            e.s.house, checking(act), id, digest(file), lambda f: Answer(200, shown(f).encode())
        )

    return accept


def hears(number: int) -> Step:
    async def hear(e: Everything, act: Act) -> object:
        paid = Received(
            reference=e.references[number], transaction=DAMAGED[number][0], amount=FEE, at=NOON
        )
        return await heard(e, paid)

    return hear


for number in DAMAGED:
    FILING.of(transfers.record_outcome)(hears(number))
FILING.of(files.receive_file)(receives("settled"))
FILING.of(files.accept_file)(accepts("settled"))


@FILING.of(files.finish)
async def finish(e: Everything, act: Act) -> object:
    id = e.ids["file settled"]
    await files.finish(e.s.house, id, OFFICER)
    return shown(await files.filed(e.s.house, id))


for wrong in ("mistaken", "wrong sum"):
    FILING.of(files.receive_file)(receives(wrong))


@FILING.of(files.read_again)
async def read_again(e: Everything, act: Act) -> object:
    return shown(await files.read_again(e.s.house, e.ids["file wrong sum"], OFFICER))


@FILING.of(files.discard_file)
async def discard(e: Everything, act: Act) -> object:
    return shown(await files.discard_file(e.s.house, e.ids["file mistaken"], "mistaken", OFFICER))


@FILING.of(file_restoring.restore_file)
async def restore(e: Everything, act: Act) -> object:
    id = e.ids["file mistaken"]
    taken = await file_restoring.restore_file(e.s.house, id, "mistaken", OFFICER)
    return f"{shown(taken.file)} of {taken.file.restores == id}"


def proposes(year: int) -> Step:
    async def propose(e: Everything, act: Act) -> object:
        return await file_profiles.propose_profile(
            e.s.house, act, e.code, e.id("account"), some_profile(), date(year, 1, 1), told
        )

    return propose


def decides(do: Callable[[FileProfiles, Act], None]) -> Step:
    async def decide(e: Everything, act: Act) -> object:
        by = checking(act)
        return await file_profiles.decide_on_profile(
            e.s.house, by, e.id("account"), lambda found: do(found, by), told
        )

    return decide


FILING.of(file_profiles.propose_profile)(proposes(2098))
FILING.of(file_profiles.decide_on_profile)(
    decides(lambda found, act: found.reject(1, act.principal, "no", act.at))
)
FILING.of(file_profiles.propose_profile)(proposes(2099))
FILING.of(file_profiles.decide_on_profile)(
    decides(lambda f, act: f.approve(2, f.versions[2].digest, act.principal, act.at))
)


def found(run: Run) -> str:
    return f"{run.state}: {run.groups} groups, {run.proposals} proposals, {dict(run.breaks)}"


@FILING.of(matching.run)
async def look(e: Everything, act: Act) -> object:
    run = await matching.run(
        e.s.house, e.code, e.id("account"), "S", DAY, principal=OFFICER, id=act.id, dry=True
    )
    return found(run)


async def _match(e: Everything, act: Act) -> object:
    run = await concluding.reconcile(
        e.s.house, e.code, e.id("account"), "S", DAY, principal=OFFICER, id=act.id
    )
    return found(run)


FILING.of(concluding.reconcile)(_match)


async def group(e: Everything, *states: str) -> UUID:
    found = await matches.matches_of(e.s.house, e.code, run=None, state=None, after=None, limit=100)
    return next(UUID(str(one["id"])) for one in found if one["state"] in states)


@FILING.of(matches.undo)
async def undo(e: Everything, act: Act) -> object:
    if "match" not in e.ids:
        e.ids["match"] = await group(e, "posted", "confirmed")
    return (await matches.undo(e.s.house, e.ids["match"], "mistaken", OFFICER))["state"]


@FILING.of(manual_matches.propose_match)
async def by_hand(e: Everything, act: Act) -> object:
    if "line" not in e.ids:
        lines = await Filing(e.s.house.rows).lines(e.ids["file settled"], 0, 10)
        e.ids["line"] = UUID(int=next(one.id for one in lines if one.transaction == "T1"))
    transfer = e.s.store.ids.transfer(e.id("account"), "T-1")
    said = ByHand(
        agency=e.code, account=e.id("account"), lines=(e.ids["line"].int,),
        others=(f"capture:{transfer}",), reason="mistaken",
    )  # fmt: skip
    e.ids["by hand"] = await manual_matches.propose_match(e.s.house, act.id, said, OTHER)
    return (await matches.see_match(e.s.house, e.ids["by hand"]))["state"]


@FILING.of(matches.confirm)
async def agree_by_hand(e: Everything, act: Act) -> object:
    proposed = await matches.see_match(e.s.house, e.ids["by hand"])
    digest = proposed["why"]["digest"]
    return (await matches.confirm(e.s.house, proposed["id"], OFFICER, digest))["state"]


FILING.of(concluding.reconcile)(_match)
FILING.of(files.receive_file)(receives("damaged"))
FILING.of(files.accept_file)(accepts("damaged"))
FILING.of(concluding.reconcile)(_match)


def proposal(name: str) -> Step:
    async def decide(e: Everything, act: Act) -> object:
        if name not in e.ids:
            e.ids[name] = await group(e, "proposed")
        if name == "confirmed":
            return (await matches.confirm(e.s.house, e.ids[name], OFFICER))["state"]
        return (await matches.reject(e.s.house, e.ids[name]))["state"]

    return decide


FILING.of(matches.confirm)(proposal("confirmed"))
FILING.of(matches.reject)(proposal("rejected"))
FILING.of(files.receive_file)(receives("restated"))
FILING.of(files.accept_file)(accepts("restated", lambda file: file.sha256))
FILING.of(concluding.reconcile)(_match)


@FILING.of(expecting.expect_files)
async def expect(e: Everything, act: Act) -> object:
    await expecting.expect_files(e.s.house, act, e.code)
    return None
