"""camt messages: every version, every check, and public files that others wrote."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import ClassVar

import pytest

from feesvc.money import Money
from feesvc.statement import BankStatement, Unreadable
from feesvc.testing.statement import StatementContract, public_file
from feesvc_camt_xml import CamtXml
from feesvc_camt_xml.document import opened

ENTRY = """<Ntry><NtryRef>N{n}</NtryRef><Amt Ccy="VND">{amount}</Amt>
<CdtDbtInd>{direction}</CdtDbtInd>
<Sts>{status}</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-21</Dt></ValDt>
<AcctSvcrRef>FT{n}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>
<SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs><RltdPties>
<Dbtr><Nm>Người Nộp Mẫu</Nm></Dbtr><DbtrAcct><Id><Othr><Id>0011 2233</Id></Othr></Id></DbtrAcct>
</RltdPties><RmtInf><Ustrd>LE PHI {n}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
MESSAGES = {"052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"),
            "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}  # fmt: skip


def balance(type_: str, amount: int) -> str:
    direction = "CRDT" if amount >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{type_}</Cd></CdOrPrtry></Tp><Amt Ccy='VND'>{abs(amount)}</Amt>"
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def written(
    name: str = "053", version: int = 2, amounts: tuple[int, ...] = (115_000, -40_000),
    opening: int | None = 1_000_000, closing: int | None = 1_075_000, more: str = "",
    status: str = "BOOK",
) -> bytes:  # fmt: skip
    message, one = MESSAGES[name]
    entries = "".join(
        ENTRY.format(
            n=n, amount=abs(a), direction="CRDT" if a >= 0 else "DBIT",
            status=f"<Cd>{status}</Cd>" if version == 8 else status,
        )
        for n, a in enumerate(amounts, 1)
    )  # fmt: skip
    if version == 8:
        entries = entries.replace("<Dbtr><Nm>", "<Dbtr><Pty><Nm>")
        entries = entries.replace("</Nm></Dbtr>", "</Nm></Pty></Dbtr>")
    balances = "" if opening is None else balance("OPBD", opening)
    balances += "" if closing is None else balance("CLBD", closing)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:'
        f'camt.{name}.001.0{version}"><{message}><GrpHdr><MsgId>M1</MsgId></GrpHdr><{one}>'
        f"<Id>S-17</Id><LglSeqNb>17</LglSeqNb><Acct><Id><Othr><Id>0123 456</Id></Othr></Id></Acct>"
        f"{balances}{more}{entries}</{one}></{message}></Document>"
    ).encode()


def read(document: bytes) -> list[BankStatement]:
    return list(CamtXml().read(BytesIO(document)))


class TestContract(StatementContract):
    format_class = CamtXml
    samples: ClassVar = {f"{name} v{v}": written(name, v) for name in MESSAGES for v in range(2, 9)}


@pytest.mark.parametrize("version", range(2, 9))
def test_every_part_of_an_entry_is_read(version: int) -> None:
    [statement] = read(written(version=version))
    assert (statement.account, statement.currency) == ("0123456", "VND")
    assert (statement.identity, statement.sequence, statement.kind) == ("S-17", 17, "statement")
    assert statement.opening is not None and statement.opening.amount == Money(1_000_000, "VND")
    credit, debit = statement.entries
    assert (credit.native_id, credit.amount) == ("FT1", Money(115_000, "VND"))
    assert (credit.booked_on, credit.value_on) == (date(2026, 11, 20), date(2026, 11, 21))
    assert credit.references == ("N1", "FT1", "E1")
    assert (credit.counterparty_name, credit.counterparty_account) == ("Người Nộp Mẫu", "00112233")
    assert (credit.narrative, credit.code) == ("LE PHI 1", "PMNT/RCDT/DMCT")
    assert debit.amount == Money(-40_000, "VND")
    assert debit.counterparty_name == "", "a debit's other side is its creditor"


@pytest.mark.parametrize(
    ("document", "code", "why"),
    [
        (written(closing=1_075_001), "F09", "1 VND is missing"),
        (written(more="<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries></TxsSummry>"),
         "F06", "3 declared, 2 there, difference 1"),
        (written(more="<TxsSummry><TtlNtries><NbOfNtries>2x</NbOfNtries></TtlNtries></TxsSummry>"),
         "F05", "NbOfNtries is no number"),
        (written(more="<TxsSummry><TtlCdtNtries><Sum>115001</Sum></TtlCdtNtries></TxsSummry>"),
         "F06", "115,001 VND declared, the entries make 115,000 VND, difference 1 VND"),
        (written(more="<TxsSummry><TtlDbtNtries><Sum>4..0</Sum></TtlDbtNtries></TxsSummry>"),
         "F05", "plain decimal"),
        (written().replace(b">115000<", b">115.000,00<"), "F05", "plain decimal"),
        (written().replace(b">115000<", b">115000.5<"), "F05", "0 decimal places"),
        (written().replace(b">115000<", b">-115000<"), "F05", "without a sign"),
        (written().replace(b">115000<", ">１１５０００<".encode()), "F05", "plain decimal"),
        (written().replace(b'<Amt Ccy="VND">115000', b'<Amt Ccy="USD">115000'), "F05", "in ['USD'"),
        (written().replace(b'<Amt Ccy="VND">115000', b'<Amt Ccy="vnd">115000'), "F05",
         "three capital letters"),
        (written().replace(b"<Dt>2026-11-20</Dt></BookgDt>", b"<Dt>2026-02-30</Dt></BookgDt>"),
         "F05", "not a day"),
        (written().replace(b"CRDT</CdtDbtInd>\n<Sts>", b"C</CdtDbtInd>\n<Sts>"), "F05", "CRDT"),
        (written(status="DONE"), "F12", "status"),
        (written().replace(b"camt.053", b"camt.060"), "F12", "versions 2 to 8"),
        (written().replace(b"001.02", b"001.09"), "F12", "versions 2 to 8"),
        (written().replace(b"<Stmt>", b"<Rpt>").replace(b"</Stmt>", b"</Rpt>"), "F13", "Stmt"),
        (written(more="<NtfctnPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></NtfctnPgntn>"),
         "F06", "not the last"),
        (written().replace(b"<NtryDtls>", b"<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>"),
         "F06", "2 transactions declared, 1 listed"),
        (written().replace(b"<Id>0123 456</Id>", b""), "F05", "names no account"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_with_its_place(document: bytes, code: str, why: str) -> None:
    with pytest.raises(Unreadable) as told:
        read(document)
    assert told.value.code == code
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("good", "bad", "why", "declared", "there", "difference"),
    [
        (b">115000<", b">115.000,00<", "no amount: a plain", "75,000", "-40,000", "115,000"),
        (b">40000<", b">4O000<", "no amount: a plain", "75,000", "115,000", "-40,000"),
        (b"CRDT</CdtDbtInd>\n<Sts>", b"C</CdtDbtInd>\n<Sts>", "CdtDbtInd is", "75,000", "-40,000",
         "115,000"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_told_with_what_the_balances_leave_for_it(
    good: bytes, bad: bytes, why: str, declared: str, there: str, difference: str
) -> None:
    assert good in written()
    document = written().replace(good, bad)
    with pytest.raises(Unreadable) as told:
        read(document)
    assert told.value.code == "F05"
    assert told.value.why.startswith(why)
    assert told.value.why.endswith(
        f"; without it entries declared {declared} VND by the balances, read {there} VND, "
        f"difference {difference} VND"
    )
    assert not any(said in told.value.why for said in ("115.000", "4O000"))
    assert told.value.place.startswith("line ")


def test_several_bad_entries_are_counted() -> None:
    bad = written(amounts=(115_000, -40_000, 7), closing=1_075_007)
    with pytest.raises(Unreadable) as told:
        read(bad.replace(b">115000<", b">115OOO<").replace(b">40000<", b">4OOOO<"))
    assert told.value.text == "115OOO"
    assert told.value.why.endswith(
        "; 2 lines are so; without them entries declared 75,007 VND by the balances, "
        "read 7 VND, difference 75,000 VND"
    )


def test_a_bad_entry_of_a_report_has_no_balances_to_be_held_against() -> None:
    with pytest.raises(Unreadable) as told:
        read(written("052").replace(b">115000<", b">115OOO<"))
    assert (told.value.code, "difference" in told.value.why) == ("F05", False)


def test_an_entity_bomb_is_not_unpacked() -> None:
    bomb = b"<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '" + b"&a;" * 1000 + b"'>"
    for number in range(5):
        bomb += f"<!ENTITY c{number} '{('&b;' * 1000)}'>".encode()
    document = written().replace(b"?>", b"?>" + bomb + b"]>", 1).replace(b"LE PHI 1", b"&c1;")
    with pytest.raises(Unreadable) as told:
        read(document)
    assert told.value.code == "F04"


def test_nothing_is_fetched(tmp_path: object) -> None:
    outside = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    document = written().replace(b"?>", b"?>" + outside, 1).replace(b"LE PHI 1", b"&x;")
    with pytest.raises(Unreadable):
        read(document)


def test_a_day_without_entries_is_told_from_an_empty_file() -> None:
    [quiet] = read(written(amounts=(), closing=1_000_000))
    assert quiet.entries == [] and quiet.warnings == ()
    with pytest.raises(Unreadable) as told:
        read(written(amounts=()))
    assert told.value.code == "F09"


def test_what_cannot_be_proved_is_said() -> None:
    [statement] = read(written(opening=None))
    assert "no opening balance" in statement.warnings[0]


def test_what_is_not_booked_is_not_counted() -> None:
    [statement] = read(written(status="PDNG", closing=1_000_000))
    assert {entry.status for entry in statement.entries} == {"pending"}


def test_no_entry_stays_in_memory_once_it_is_read() -> None:
    """A tree of a hundred thousand of them takes ten times the file."""
    message = opened(BytesIO(written(amounts=(1_000,) * 500, closing=1_500_000)))
    [statement] = message.statements
    left = statement.findall("{*}Ntry")
    assert (len(left), sum(map(len, left))) == (500, 0)
    assert len(message.entries[statement]) == 500


def test_twins_are_two() -> None:
    [statement] = read(written(amounts=(115_000, 115_000), closing=1_230_000))
    assert len(statement.entries) == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("genkgo__camt/camt053.v2.multi.statement.xml",
         [("EUR", 1815, 2700, [885]), ("EUR", 2700, 2000, [-700])]),
        ("genkgo__camt/camt053.v2.wrong.xml", "F13"),
        ("genkgo__camt/camt054.v4.xml", "F06"),
        ("genkgo__camt/camt53.only-Dt-with-DtTm.xml", [("RON", 544_209, None, [])]),
        ("viafintech__camt_parser/valid_example_with_batch.xml", "F06"),
        ("viafintech__camt_parser/invalid_namespace.xml", "F04"),
        ("sebastienrousseau__bankstatementparser/camt053_duplicate_same_day.xml",
         [("EUR", None, None, [-450, -450])]),
        ("sebastienrousseau__bankstatementparser/camt053_garbled_amount.xml", "F05"),
    ],
)  # fmt: skip
def test_public_files_are_read_or_refused_for_the_right_reason(name: str, found: object) -> None:
    """What stands in each file was read off the file by eye."""
    document = public_file(name)
    if isinstance(found, str):
        with pytest.raises(Unreadable) as told:
            read(document)
        assert told.value.code == found
        return
    assert isinstance(found, list)
    statements = read(document)
    assert len(statements) == len(found)
    for statement, (currency, opening, closing, amounts) in zip(statements, found, strict=True):
        assert statement.currency == currency
        assert (statement.opening.amount.amount if statement.opening else None) == opening
        if amounts is not None:
            assert [e.amount.amount for e in statement.entries] == amounts
            assert (statement.closing.amount.amount if statement.closing else None) == closing
