"""One field 61 with the 86 that follows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from feesvc.money import exact
from feesvc.statement import BankEntry, Unreadable

PLUS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
"""What a mark does to the account; R takes back an entry of the other kind."""
NOT_A_NAME = ("NONREF", "")
DAY = re.compile(r"(\d\d)(\d\d)(\d\d)")
NARRATIVE = (
    "transaction_details", "posting_text", "purpose", "additional_purpose", "extra_details",
)  # fmt: skip


def entry(said: Mapping[str, Any], written: str, currency: str, line: int) -> tuple[BankEntry, str]:
    """The entry, and a warning or nothing. ``written`` is field 61 as it stands in the file."""
    place = f"line {line}"
    mark = str(said["status"]).upper()
    if mark not in PLUS:
        raise Unreadable("F12", f"an unknown mark {mark}", place=place, text=written)
    try:
        amount = exact(format(abs(said["amount"].amount), "f"), currency)
    except ValueError as error:
        raise Unreadable("F05", str(error), place=place, text=written) from None
    valued, warning = _valued(said["date"], written, place)
    names = [_text(said, name) for name in ("bank_reference", "customer_reference")]
    references = tuple(dict.fromkeys(name for name in names if name not in NOT_A_NAME))
    return BankEntry(
        native_id=references[0] if references else "",
        amount=amount if PLUS[mark] > 0 else -amount,
        booked_on=said.get("entry_date") or valued, value_on=valued,
        reversal=mark.startswith("R"),
        narrative=" ".join(filter(None, dict.fromkeys(_text(said, name) for name in NARRATIVE))),
        references=references,
        counterparty_name=_text(said, "applicant_name") or _text(said, "recipient_name"),
        counterparty_account=_text(said, "applicant_iban"), code=_text(said, "id"), place=place,
    ), warning  # fmt: skip


def _valued(read: date, written: str, place: str) -> tuple[date, str]:
    """Some banks value interest on 30 February: the library makes it the month's last day."""
    found = DAY.match(written)
    day = date(read.year, read.month, read.day)
    if found and int(found[3]) != day.day:
        year, month, said = found[1], found[2], found[3]
        return day, f"{place}: valued on 20{year}-{month}-{said}, which is no day; read as {day}"
    return day, ""


def _text(said: Mapping[str, Any], name: str) -> str:
    return " ".join(str(said.get(name) or "").split())
