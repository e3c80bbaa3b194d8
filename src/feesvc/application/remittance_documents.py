"""Remittance documents: a remittance as the bank takes it, one row for each set of budget codes.

A payment to the State budget is told by codes, which the credit transfers of ISO 20022 have no
place for: what banks here take is a table.
"""

from __future__ import annotations

import csv
import io

from feesvc.domain.remittance import Remittance
from feesvc.money import decimal

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so may be run by a spreadsheet (OWASP, CSV injection)."""


def as_csv(remittance: Remittance) -> bytes:
    """UTF-8 with a byte order mark. Columns: reference, one for each code, amount, currency.

    The rows add up to what is remitted; what is set off against claims is a row of its own, with
    a negative amount, so that the whole adds up to what the bank is to pay.
    """
    names = sorted({name for entry in remittance.entries for name in entry.codes})
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["reference", *map(_safe, names), "amount", "currency"])
    for entry in remittance.entries:
        codes = [_safe(entry.codes.get(name, "")) for name in names]
        writer.writerow([entry.reference, *codes, decimal(entry.amount), entry.amount.currency])
    taken_off = remittance.total - remittance.paid
    if taken_off:
        blank = [""] * len(names)
        writer.writerow(
            [f"{remittance.reference} set off", *blank, decimal(-taken_off), taken_off.currency]
        )
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
