"""Payment documents: a payment list as banks take it, as CSV and as ISO 20022 pain.001.001.09."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from feesvc.application.payment_lists import Payout
from feesvc.domain.payment_list import PaymentList
from feesvc.money import Money, decimal
from feesvc.people import RefundAccount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so may be run by a spreadsheet (OWASP, CSV injection)."""
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold."""
COLUMNS = ("reference", "amount", "currency", "bank", "account", "holder", "remittance")


def as_csv(drawn: PaymentList, payouts: Sequence[Payout]) -> bytes:
    """UTF-8 with a byte order mark, so that a spreadsheet reads Vietnamese; amounts as people write
    them, without separators. A text that a spreadsheet would run begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    currency = drawn.debited.currency
    for one in payouts:
        row = (
            one.reference, decimal(Money(one.amount, currency)), currency, one.to.bank,
            one.to.number, one.to.holder, remittance(one),
        )  # fmt: skip
        writer.writerow([_safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_pain001(
    drawn: PaymentList, payouts: Sequence[Payout], debtor: str, made_at: datetime
) -> bytes:
    """A CustomerCreditTransferInitiationV09 with one payment instruction.

    ``debtor`` is the agency's name. Accounts are told as they are on record, banks by BIC or else
    by their clearing code (the BIN of NAPAS).
    """
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    initiation = _under(root, "CstmrCdtTrfInitn")
    count, control = str(len(payouts)), decimal(drawn.total)
    header = _under(initiation, "GrpHdr")
    _under(header, "MsgId", drawn.reference)
    _under(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _under(header, "NbOfTxs", count)
    _under(header, "CtrlSum", control)
    _under(_under(header, "InitgPty"), "Nm", debtor[:140])
    payment = _under(initiation, "PmtInf")
    _under(payment, "PmtInfId", drawn.reference)
    _under(payment, "PmtMtd", "TRF")
    _under(payment, "BtchBookg", "false")
    _under(payment, "NbOfTxs", count)
    _under(payment, "CtrlSum", control)
    _under(_under(payment, "ReqdExctnDt"), "Dt", drawn.execute_on.isoformat())
    _under(_under(payment, "Dbtr"), "Nm", debtor[:140])
    account = _under(payment, "DbtrAcct")
    _account(account, drawn.debited.number)
    _under(account, "Ccy", drawn.debited.currency)
    _agent(_under(payment, "DbtrAgt"), drawn.debited.bank)
    for one in payouts:
        _transfer(_under(payment, "CdtTrfTxInf"), one, drawn.debited.currency)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def remittance(payout: Payout) -> str:
    """What the payee reads, and what comes back to us if the bank returns it."""
    return f"HOAN TRA PHI {payout.reference}"


def _transfer(to: etree._Element, one: Payout, currency: str) -> None:
    names = _under(to, "PmtId")
    _under(names, "InstrId", one.reference)
    _under(names, "EndToEndId", one.reference)
    amount = _under(_under(to, "Amt"), "InstdAmt", decimal(Money(one.amount, currency)))
    amount.set("Ccy", currency)
    _agent(_under(to, "CdtrAgt"), one.to.bank)
    _under(_under(to, "Cdtr"), "Nm", _holder(one.to))
    _account(_under(to, "CdtrAcct"), one.to.number)
    _under(_under(to, "RmtInf"), "Ustrd", remittance(one))


def _holder(account: RefundAccount) -> str:
    return account.holder[:140]


def _account(to: etree._Element, number: str) -> None:
    _under(_under(_under(to, "Id"), "Othr"), "Id", re.sub(r"\s", "", number)[:34])


def _agent(to: etree._Element, bank: str) -> None:
    institution = _under(to, "FinInstnId")
    code = bank.strip().upper()
    if BIC.fullmatch(code):
        _under(institution, "BICFI", code)
    else:
        _under(_under(institution, "ClrSysMmbId"), "MmbId", code[:35])


def _under(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text if text is None else NOT_IN_XML.sub("", text) or "-"
    return child


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
