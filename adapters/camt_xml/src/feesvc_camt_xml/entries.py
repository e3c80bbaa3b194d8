"""One entry of a camt message, and every name it bears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from feesvc.statement import BankEntry
from feesvc_camt_xml.elements import Element, amount, broken, child, children, day, text, texts

STATUS: dict[str, Literal["booked", "pending"]] = {
    "BOOK": "booked", "PDNG": "pending", "FUTR": "pending", "INFO": "pending",
}  # fmt: skip
"""What is only announced or told for information is not on the account yet."""
NAMES = (
    "MsgId", "AcctSvcrRef", "PmtInfId", "InstrId", "EndToEndId", "UETR", "TxId", "MndtId", "ChqNb",
    "ClrSysRef", "AcctOwnrTxId", "AcctSvcrTxId", "Prtry/Ref",
)  # fmt: skip
NOT_A_NAME = "NOTPROVIDED"


def entry(element: Element, number: int) -> BankEntry:
    """Raises ``Unreadable``."""
    parts = [
        part for details in children(element, "NtryDtls") for part in children(details, "TxDtls")
    ]
    booked, valued = day(child(element, "BookgDt")), day(child(element, "ValDt"))
    on = booked or valued
    if on is None:
        raise broken(element, "F05", "neither a booking nor a value date")
    money = amount(element)
    one = parts[0] if len(parts) == 1 else None
    name, account = _other_side(one, credit=money.amount >= 0)
    return BankEntry(
        native_id=text(element, "AcctSvcrRef") or text(element, "NtryRef")
        or text(one, "Refs/AcctSvcrRef"),
        amount=money, booked_on=on, value_on=valued or on, status=_status(element),
        reversal=text(element, "RvslInd") in ("true", "1"),
        narrative=" ".join(dict.fromkeys(_narrative(element, parts))),
        references=tuple(dict.fromkeys(_references(element, parts))),
        counterparty_name=name, counterparty_account=account, code=_code(element),
        count=_count(element, parts), place=f"entry {number}, line {element.sourceline}",
    )  # fmt: skip


def _status(element: Element) -> Literal["booked", "pending"]:
    said = text(element, "Sts/Cd") or text(element, "Sts")
    if said not in STATUS:
        raise broken(element, "F12", "an unknown status", said)
    return STATUS[said]


def _count(element: Element, parts: list[Element]) -> int | None:
    """The declared number of transactions, which has to be that of the ones that are listed."""
    declared = texts(element, "NtryDtls/Btch/NbOfTxs")
    if not declared:
        return len(parts) or None
    if not all(said.isdecimal() and said.isascii() for said in declared):
        raise broken(element, "F05", "NbOfTxs is no number", " ".join(declared))
    count = sum(map(int, declared))
    if parts and len(parts) != count:
        raise broken(element, "F06", f"{count} transactions declared, {len(parts)} listed")
    return count


def _other_side(part: Element | None, *, credit: bool) -> tuple[str, str]:
    """Name and account of who paid us, or whom we paid; empty for a sum of many."""
    role = "Dbtr" if credit else "Cdtr"
    parties = child(part, "RltdPties")
    name = text(parties, f"{role}/Nm") or text(parties, f"{role}/Pty/Nm")
    id = child(parties, f"{role}Acct/Id")
    return name, (text(id, "IBAN") or text(id, "Othr/Id")).replace(" ", "")


def _narrative(element: Element, parts: list[Element]) -> Iterator[str]:
    for part in parts:
        yield from texts(part, "RmtInf/Ustrd")
        yield from texts(part, "RmtInf/Strd/CdtrRefInf/Ref")
        yield from texts(part, "AddtlTxInf")
    yield from texts(element, "AddtlNtryInf")


def _references(element: Element, parts: list[Element]) -> Iterator[str]:
    said = [*texts(element, "NtryRef"), *texts(element, "AcctSvcrRef")]
    for name in ("MsgId", "PmtInfId"):
        said += texts(element, f"NtryDtls/Btch/{name}")
    for part in parts:
        refs = child(part, "Refs")
        if refs is not None and len(refs):
            for name in NAMES:
                said += texts(refs, name)
    return (reference for reference in said if reference != NOT_A_NAME)


def _code(element: Element) -> str:
    at = "BkTxCd/Domn"
    domain = [text(element, f"{at}/{part}") for part in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "/".join(filter(None, domain)) or text(element, "BkTxCd/Prtry/Cd")
