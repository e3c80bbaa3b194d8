"""One field 61 with the 86 that follows it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from feesvc.money import Money, decimal
from feesvc.statement import BankEntry
from feesvc_mt94x.fields import Field
from feesvc_mt94x.lines import Written

PLUS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
"""What a mark does to the account; R takes back an entry of the other kind."""
NOT_A_NAME = ("NONREF", "")
NARRATIVE = (
    "transaction_details", "posting_text", "purpose", "additional_purpose", "extra_details",
)  # fmt: skip


def entry(said: Mapping[str, Any], field: Field, ours: Written) -> BankEntry:
    """``said`` is the library's reading of ``field``: names and texts are taken from it, and on
    days and money it has to agree with ours. Raises ``Unreadable``.
    """
    if not _agrees(said, ours):
        raise field.broken("F05", "two readings of its days, mark and amount are not the same")
    names = [_text(said, name) for name in ("bank_reference", "customer_reference")]
    references = tuple(dict.fromkeys(name for name in names if name not in NOT_A_NAME))
    return BankEntry(
        native_id=references[0] if references else "",
        amount=gained(ours),
        booked_on=ours.entered_on or ours.valued_on, value_on=ours.valued_on,
        reversal=ours.mark.startswith("R"),
        narrative=" ".join(filter(None, dict.fromkeys(_text(said, name) for name in NARRATIVE))),
        references=references,
        counterparty_name=_text(said, "applicant_name") or _text(said, "recipient_name"),
        counterparty_account=_text(said, "applicant_iban"), code=_text(said, "id"),
        place=field.place,
    )  # fmt: skip


def gained(ours: Written) -> Money:
    """What the account gained by it; negative for a debit."""
    return ours.amount if PLUS[ours.mark] > 0 else -ours.amount


def _agrees(said: Mapping[str, Any], ours: Written) -> bool:
    theirs = said["date"], said.get("entry_date"), said["status"], abs(said["amount"].amount)
    amount = Decimal(decimal(ours.amount))
    return theirs == (ours.valued_on, ours.entered_on, ours.mark, amount)


def _text(said: Mapping[str, Any], name: str) -> str:
    return " ".join(str(said.get(name) or "").split())
