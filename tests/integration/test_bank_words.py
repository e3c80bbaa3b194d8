"""Bank lines of files: who paid is sealed, rows hold nobody, and ids that banks share hold."""

from __future__ import annotations

import asyncio
from uuid import UUID

import psycopg

from feesvc.assembly import open_house
from feesvc.people import Details
from feesvc.testing.file_desk import FileDesk, camt
from feesvc.testing.town import Town, told

PAYER, ACCOUNT, CITIZEN = "Nguyễn Thị Hoa", "19036699887", "001188012345"
WORDS = f"HOA CK LE PHI {CITIZEN} GOI 0912345678"


def _named(content: bytes) -> bytes:
    party = (
        f"<RltdPties><Dbtr><Nm>{PAYER}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{ACCOUNT}</Id></Othr>"
        "</Id></DbtrAcct></RltdPties>"
    )
    text = content.decode().replace("KY DOI SOAT BATCH77X1", WORDS)
    return text.replace("<NtryDtls><TxDtls>", f"<NtryDtls><TxDtls>{party}").encode()


def test_who_paid_is_sealed_and_stands_in_no_row_and_no_event(town: Town) -> None:
    desk = FileDesk(town)
    with town.service.working():
        file = desk.send(_named(camt(1, 100, (50_000, "FT1"))))
        told(desk.accept(file))
        town.service.await_followers()
    payer = town.service.ids().payer(town.service.ids().transfer(UUID(desk.bank), "FT1"))

    async def read() -> object:
        async with open_house(town.service.settings) as house:
            return await house.people.read(payer, ["name", "note"], "test")

    found = asyncio.run(read())
    assert isinstance(found, Details)
    assert (found.name, found.note) == (PAYER, f"{WORDS}\n {ACCOUNT}")
    with psycopg.connect(town.service.settings.need_database_url()) as db:
        rows = db.execute("SELECT l::text FROM feesvc.line AS l").fetchall()
        events = db.execute("SELECT state FROM feesvc.event").fetchall()
    kept = "".join(str(row) for row in rows) + "".join(
        bytes(row[0]).decode() if isinstance(row[0], bytes) else str(row[0]) for row in events
    )
    for personal in ("Hoa", "HOA", ACCOUNT, CITIZEN, "0912345678"):
        assert personal not in kept


def test_a_payment_and_its_charge_under_one_id_of_the_bank_are_two_lines(town: Town) -> None:
    """The charge comes a day later, or in the same statement: neither hides the other."""
    desk = FileDesk(town)
    with town.service.working():
        for content in (
            camt(1, 0, (50_000, "FT1")), camt(2, 50_000, (7_000, "FT1"), (-500, "FT1")),
        ):  # fmt: skip
            told(desk.accept(desk.send(content)))
            town.service.await_followers()
        path = f"/agencies/{town.agency}/agency_ledger/trial-balance"
        [book] = told(town["finance"].get(path))["books"]
        town.service.await_followers()
    balances = {row["account"]: row["balance"]["amount"] for row in book["accounts"]}
    assert balances == {"1300": 57_000, "2150": -57_000}
    with psycopg.connect(town.service.settings.need_database_url()) as db:
        states = db.execute("SELECT net, state, reason FROM feesvc.line ORDER BY id").fetchall()
    assert states == [
        (50_000, "open", "B03"), (7_000, "open", "B03"), (-500, "open", "B11"),
    ]  # fmt: skip
