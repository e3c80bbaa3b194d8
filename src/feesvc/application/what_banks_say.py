"""What banks say of whoever paid, made fit to be kept: a fact is never refused for its letters."""

from __future__ import annotations

import unicodedata

from feesvc.people import Details, RefundAccount
from feesvc.people.details import LIMITS


def payer_details(narrative: str, name: str, bank: str, number: str) -> Details:
    """A name and an account to send money back to where both are known; the rest as a note.

    What is beyond what is kept of a detail is cut off; control characters become blanks.
    """
    name = _fit(name, "name")
    bank, number = _fit(bank, "refund_account.bank"), _fit(number, "refund_account.number")
    note = _fit(narrative, "note")
    account = None
    if name and bank and number:
        account = RefundAccount(bank=bank, number=number, holder=name)
    elif bank or number:
        note = _fit(f"{note}\n{bank} {number}", "note")
    return Details(name=name or None, refund_account=account, note=note or None)


def _fit(text: str, field: str) -> str:
    kept = "\n" if field == "note" else ""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(
        letter if letter in kept or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} else " "
        for letter in plain
    )
    return plain.strip()[: LIMITS[field]].strip()
