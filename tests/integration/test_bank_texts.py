"""What banks make of our references and account numbers, loaded from statements over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from feesvc.testing.banking import Account, Day
from feesvc.testing.banking.writing import camt053, mt940
from feesvc.testing.file_desk import BANK, FileDesk
from feesvc.testing.service import RunningService
from feesvc.testing.town import found_town, told

DAY = date(2026, 11, 20)
Write = Callable[[Iterable[Day]], bytes]


def statement(write: Write, amount: int, narrative: str, number: str = BANK["number"]) -> bytes:
    account = Account(bank=BANK["bank"], number=number)
    account.book(amount, DAY, narrative)
    return write([account.statement(DAY)])


@pytest.mark.parametrize("write", [camt053, mt940])
def test_a_reference_that_a_bank_cut_into_pieces_pays_what_it_names(
    service: RunningService, write: Write
) -> None:
    town = found_town(service, "vietqr")
    desk = FileDesk(town)
    with service.working():
        payment = town.payment(town.assessment()["id"])
        name, amount = payment["reference"], payment["amount"]["amount"]
        text = f"IBFT {name[:4]} {name[4:8]} {name[8:]} GD 600003-201126"
        file = desk.send(statement(write, amount, text))
        told(desk.accept(file), 200)
        service.await_followers()
        assert told(town.portal.get(f"/payments/{payment['id']}"))["paid"] is True
        assert desk.states(file) == ["placed"]


def test_an_account_after_its_bank_is_ours_only_if_the_number_is(service: RunningService) -> None:
    """MT940's field 25 may hold both."""
    desk = FileDesk(found_town(service, "sandbox"))
    assert desk.send(statement(mt940, 1_000, "NOP TIEN"))["verdict"] == ""
    foreign = desk.send(statement(mt940, 1_000, "NOP TIEN", number=f"9{BANK['number']}"))
    assert foreign["verdict"] == "F11"
