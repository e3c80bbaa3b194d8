"""Statements as files: camt.053 (version 8), MT940, and delimited text as banks here send it."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable
from typing import Literal
from xml.etree import ElementTree as ET

from feesvc.money import Money, decimal
from feesvc.testing.banking.accounts import Day, Entry

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
TEXT_HEADINGS = (
    "Ngày giao dịch", "Ngày hiệu lực", "Số bút toán", "Ghi nợ", "Ghi có", "Số dư", "Diễn giải",
    "Tài khoản đối ứng", "Tên đối ứng",
)  # fmt: skip
NARRATIVE = 65
"""Characters on a line of field 86, of which there are six."""


def camt053(days: Iterable[Day]) -> bytes:
    """One document of one statement for each day."""
    root = ET.Element("Document", {"xmlns": CAMT})
    said = ET.SubElement(root, "BkToCstmrStmt")
    for number, day in enumerate(days):
        if number == 0:
            head = ET.SubElement(said, "GrpHdr")
            _text(head, "MsgId", f"MSG{day.identity}")
            _text(head, "CreDtTm", f"{day.on.isoformat()}T23:59:59+07:00")
        _statement(ET.SubElement(said, "Stmt"), day)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _statement(into: ET.Element, day: Day) -> None:
    _text(into, "Id", day.identity)
    _text(into, "ElctrncSeqNb", str(day.sequence))
    _text(into, "CreDtTm", f"{day.on.isoformat()}T23:59:59+07:00")
    account = ET.SubElement(into, "Acct")
    other = ET.SubElement(ET.SubElement(account, "Id"), "Othr")
    _text(other, "Id", day.number)
    _text(account, "Ccy", day.currency)
    _balance(into, "OPBD", day.opening, day)
    _balance(into, "CLBD", day.closing, day)
    for entry in day.entries:
        _entry(ET.SubElement(into, "Ntry"), entry)


def _balance(into: ET.Element, code: str, money: Money, day: Day) -> None:
    balance = ET.SubElement(into, "Bal")
    kind = ET.SubElement(ET.SubElement(balance, "Tp"), "CdOrPrtry")
    _text(kind, "Cd", code)
    _amount(balance, money)
    _text(ET.SubElement(balance, "Dt"), "Dt", day.on.isoformat())


def _entry(into: ET.Element, entry: Entry) -> None:
    _text(into, "NtryRef", entry.native_id)
    _amount(into, entry.amount)
    if entry.reversal:
        into.insert(3, ET.Element("RvslInd"))
        into[3].text = "true"
    _text(ET.SubElement(into, "Sts"), "Cd", "BOOK")
    _text(ET.SubElement(into, "BookgDt"), "Dt", entry.booked_on.isoformat())
    _text(ET.SubElement(into, "ValDt"), "Dt", entry.value_on.isoformat())
    _text(into, "AcctSvcrRef", entry.native_id)
    family = ET.SubElement(ET.SubElement(into, "BkTxCd"), "Prtry")
    _text(family, "Cd", "TRF")
    detail = ET.SubElement(ET.SubElement(into, "NtryDtls"), "TxDtls")
    references = ET.SubElement(detail, "Refs")
    _text(references, "AcctSvcrRef", entry.native_id)
    if entry.end_to_end:
        _text(references, "EndToEndId", entry.end_to_end)
    _amount(detail, entry.amount)
    if entry.counterparty_name:
        _parties(ET.SubElement(detail, "RltdPties"), entry)
    if entry.narrative:
        _text(ET.SubElement(detail, "RmtInf"), "Ustrd", entry.narrative[:140])


def _parties(into: ET.Element, entry: Entry) -> None:
    role: Literal["Dbtr", "Cdtr"] = "Cdtr" if entry.amount.amount < 0 else "Dbtr"
    party = ET.SubElement(ET.SubElement(into, role), "Pty")
    _text(party, "Nm", entry.counterparty_name[:140])
    if entry.counterparty_account:
        account = ET.SubElement(ET.SubElement(into, f"{role}Acct"), "Id")
        _text(ET.SubElement(account, "Othr"), "Id", entry.counterparty_account)


def _amount(into: ET.Element, money: Money) -> None:
    amount = ET.SubElement(into, "Amt", {"Ccy": money.currency})
    amount.text = decimal(-money if money.amount < 0 else money)
    _text(into, "CdtDbtInd", "DBIT" if money.amount < 0 else "CRDT")


def _text(into: ET.Element, name: str, text: str) -> None:
    ET.SubElement(into, name).text = text


def mt940(days: Iterable[Day]) -> bytes:
    """SWIFT blocks, one message for each day; narratives in field 86, no structure."""
    return "".join(_message(day) for day in days).encode("ascii", "replace")


def _message(day: Day) -> str:
    rows = [
        f":20:{day.identity[:16]}",
        f":25:{day.bank}/{day.number}",
        f":28C:{day.sequence:05d}/001",
        f":60F:{_swift_balance(day.opening, day)}",
    ]
    for entry in day.entries:
        sign = ("R" if entry.reversal else "") + _mark(entry.amount, entry.reversal)
        about = f"{entry.value_on:%y%m%d}{entry.booked_on:%m%d}{sign}{_comma(entry.amount)}"
        reference = (entry.end_to_end or "NONREF")[:16]
        rows.append(f":61:{about}NTRF{reference}//{entry.native_id[:16]}")
        rows.append(f":86:{_swift_text(entry.narrative)}")
    rows.append(f":62F:{_swift_balance(day.closing, day)}")
    body = "\r\n".join(rows)
    return (
        f"{{1:F01{day.bank[:8]:X<8}AXXX0000000000}}{{2:I940FEESVCXXXXXXN}}{{4:\r\n{body}\r\n-}}\r\n"
    )


def _mark(money: Money, reversal: bool) -> str:
    """A reversed credit takes money away: RC; a reversed debit gives it back: RD."""
    return "C" if (money.amount >= 0) != reversal else "D"


def _comma(money: Money) -> str:
    written = decimal(-money if money.amount < 0 else money).replace(".", ",")
    return written if "," in written else f"{written},"


def _swift_balance(money: Money, day: Day) -> str:
    side = "D" if money.amount < 0 else "C"
    return f"{side}{day.on:%y%m%d}{day.currency}{_comma(money)}"


def _swift_text(narrative: str) -> str:
    allowed = "".join(c if c.isalnum() or c in " /-?:().,'+" else " " for c in narrative)
    # A line may begin neither with a colon nor with a hyphen: both mean the end of the field.
    lines = textwrap.wrap(allowed, NARRATIVE) or ["NONE"]
    return "\r\n".join(line.lstrip(":-") for line in lines[:6])


def delimited(day: Day) -> bytes:
    """One day as text between semicolons: labels, the table, its balances (UTF-8 with a mark)."""
    written = io.StringIO(newline="")
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(["SAO KÊ TÀI KHOẢN"])
    rows.writerow(["Số tài khoản", day.number])
    rows.writerow(["Số sao kê", day.identity])
    rows.writerow(["Ngày sao kê", day.on.strftime("%d/%m/%Y")])
    rows.writerow(["Số dư đầu kỳ", _grouped(day.opening)])
    rows.writerow(TEXT_HEADINGS)
    stood = day.opening
    for entry in day.entries:
        stood += entry.amount
        out = _grouped(-entry.amount) if entry.amount.amount < 0 else ""
        into = _grouped(entry.amount) if entry.amount.amount >= 0 else ""
        days = [entry.booked_on.strftime("%d/%m/%Y"), entry.value_on.strftime("%d/%m/%Y")]
        parties = [entry.counterparty_account, entry.counterparty_name]
        rows.writerow(
            [*days, entry.native_id, out, into, _grouped(stood), entry.narrative, *parties]
        )
    rows.writerow(["Số dư cuối kỳ", _grouped(day.closing)])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _grouped(money: Money) -> str:
    return f"{money.amount:,}"
