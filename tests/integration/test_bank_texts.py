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
    assert foreign["why"].endswith("both end with 3456, and what is before that differs")
    other = desk.send(statement(mt940, 1_000, "NOP TIEN", number="112233445577"))["why"]
    assert other.endswith("its number ends with 5577, that of this account with 3456")
    assert "4455" not in other, "four digits say which account it is, and no more is told"


UNDER_WAY = f""":20:R-261120
:25:{BANK["bank"]}/{BANK["number"]}
:28C:3/1
:34F:VND0,
:61:2611201120C50000,NTRFNGUYEN THI LAN//FT1
:86:NOP PHI
-"""
REPORT = f"""01,BANK,FEESVC,261121,0600,17,,,2/
02,FEESVC,BANK,1,261120,2400,VND,2/
03,{BANK["number"]},VND,010,0,,,015,50000,,/
16,195,50000,,FT1,NGUYEN THI LAN,NOP PHI/
49,100000,3/
98,100000,1,5/
99,100000,1,7/
"""


@pytest.mark.parametrize(
    ("text", "good", "bad", "line", "note"),
    [
        (UNDER_WAY, "C50000,", "C5O000,", 5, "nothing proves that every entry is here"),
        (UNDER_WAY, "C50000,", "C50.000,00", 5, "nothing proves that every entry is here"),
        (REPORT, "195,50000", "195,5O000", 4, ""),
    ],
)
def test_a_garbled_amount_is_never_another_one(
    service: RunningService, text: str, good: str, bad: str, line: int, note: str
) -> None:
    """What stands in the line is shown to finance, and is in no reason: that stays on record."""
    desk = FileDesk(found_town(service, "sandbox"))
    file = desk.send(text.replace(good, bad).encode())
    assert (file["state"], file["verdict"], file["place"]) == ("quarantined", "F05", f"line {line}")
    assert not any(part in file["why"] for part in ("LAN", "5O000", "50.000"))
    shown = desk.see(file, "/bad-line", reason="bank_asked")
    assert (shown["place"], shown["why"]) == (file["place"], file["why"])
    assert shown["text"] == text.replace(good, bad).split("\n")[line - 1]
    right = desk.send(text.encode())
    assert right["verdict"] == ""
    assert note in right["why"]
    assert [one["net"] for one in desk.see(right, "/lines")["items"]] == [50_000]
