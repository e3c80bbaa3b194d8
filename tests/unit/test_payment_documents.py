"""What a bank is told: ISO 20022 held against its schema, and a CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from importlib.resources import files
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from feesvc.application.payment_documents import NAMESPACE, as_csv, as_pain001
from feesvc.application.payment_lists import Payout
from feesvc.domain.accounts import BankAccount
from feesvc.domain.payment_list import Drawable, PaymentList
from feesvc.money import Money, decimal
from feesvc.people import RefundAccount

MADE = datetime(2026, 11, 20, 5, tzinfo=UTC)
SCHEMA = etree.XMLSchema(
    etree.fromstring(
        files("sepaxml").joinpath("schemas", "pain.001.001.09.xsd").read_bytes()
    )
)  # fmt: skip
"""The schema of ISO 20022, as an independent writer of such files carries it."""

letters = st.characters(exclude_categories=("Cs", "Cc"))
words = st.text(letters, min_size=1, max_size=60).filter(lambda text: bool(text.strip()))


def listed(*amounts: int, currency: str = "VND", bank: str = "970436") -> PaymentList:
    debited = BankAccount(bank=bank, number="0011004455667", currency=currency)
    drawable = [
        Drawable(refund=UUID(int=n), amount=Money(amount, currency), account=UUID(int=3))
        for n, amount in enumerate(amounts)
    ]
    return PaymentList.draw(
        UUID(int=1), "G14", "person:f", "PL7F3K2A00000012", UUID(int=2), debited,
        date(2026, 11, 20), drawable, MADE,
    )  # fmt: skip


def payouts(drawn: PaymentList, to: RefundAccount) -> list[Payout]:
    return [
        Payout(reference=entry.reference, amount=entry.amount.amount, to=to)
        for entry in drawn.entries
    ]


def told(document: bytes, path: str) -> list[str]:
    root = etree.fromstring(document)
    found = root.findall(".//" + "/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))
    return [one.text or "" for one in found]


def test_a_list_is_a_valid_pain_001() -> None:
    drawn = listed(10_000, 25_500)
    to = RefundAccount(bank="BFTVVNVX", number="1020 3040", holder="NGUYỄN VĂN ĐỨC & CON")
    document = as_pain001(drawn, payouts(drawn, to), "Bộ Thông tin", MADE)
    SCHEMA.assertValid(etree.fromstring(document))
    assert told(document, "GrpHdr/NbOfTxs") == ["2"]
    assert told(document, "CtrlSum") == ["35500", "35500"]
    assert told(document, "InstdAmt") == ["10000", "25500"]
    assert told(document, "EndToEndId") == ["PL7F3K2A00000012001", "PL7F3K2A00000012002"]
    assert told(document, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["970436"]
    assert told(document, "CdtrAgt/FinInstnId/BICFI") == ["BFTVVNVX"] * 2
    assert told(document, "CdtrAcct/Id/Othr/Id") == ["10203040"] * 2
    assert told(document, "Cdtr/Nm") == ["NGUYỄN VĂN ĐỨC & CON"] * 2


@given(words, words, words)
@example("\ufffe", "\U0001ffff", "A\ufffe\u202eB")
def test_whatever_a_name_holds_the_document_is_valid(bank: str, number: str, holder: str) -> None:
    drawn = listed(1_234, currency="USD")
    to = RefundAccount(bank=bank[:50], number=number[:40], holder=holder)
    document = as_pain001(drawn, payouts(drawn, to), holder, MADE)
    SCHEMA.assertValid(etree.fromstring(document))
    assert told(document, "InstdAmt") == ["12.34"]


@pytest.mark.parametrize("holder", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "NGUYEN VAN A"])
def test_no_cell_is_run_by_a_spreadsheet(holder: str) -> None:
    drawn = listed(10_000)
    to = RefundAccount(bank="970415", number='10"2', holder=holder)
    content = as_csv(drawn, payouts(drawn, to))
    heads, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert heads[:2] == ["reference", "amount"] and row[1] == "10000"
    assert row[4] == '10"2'
    assert row[5] == (holder if holder[0].isalpha() else f"'{holder}")


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [(50_000, "VND", "50000"), (1234, "USD", "12.34"), (5, "USD", "0.05"), (100, "JPY", "100")],
)
def test_amounts_are_written_whole(amount: int, currency: str, said: str) -> None:
    assert decimal(Money(amount, currency)) == said
