"""An agency's files as its finance staff send them, over HTTP, and small files to send.

``session`` writes a settlement in JSON lines, ``camt`` a statement of the agency's bank.
"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from feesvc.testing.service import new_key
from feesvc.testing.town import Town, post, told

BANK = {"bank": "970436", "number": "0123456"}


def entry(amount: int, name: str, day: str) -> str:
    way = "CRDT" if amount > 0 else "DBIT"
    own = f"<AcctSvcrRef>{name}</AcctSvcrRef>" if name else ""
    return (
        f"<Ntry><Amt Ccy='VND'>{abs(amount)}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>{own}<NtryDtls><TxDtls>"
        f"<RmtInf><Ustrd>KY DOI SOAT BATCH77X1</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt(
    number: int, opening: int, *entries: tuple[int, str], account: str = "0123 456",
    closing: int | None = None, currency: str = "VND",
) -> bytes:  # fmt: skip
    day = f"2026-11-{10 + number:02d}"
    ends = {"OPBD": opening, "CLBD": opening + sum(a for a, _ in entries)}
    ends |= {} if closing is None else {"CLBD": closing}
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='VND'>{abs(amount)}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for kind, amount in ends.items()
    )
    body = "".join(entry(amount, name, day) for amount, name in entries)
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt>"
        f"<Id>S{number}</Id><LglSeqNb>{number}</LglSeqNb><Acct><Id><Othr><Id>{account}</Id></Othr>"
        f"</Id></Acct>{balances}{body}</Stmt></BkToCstmrStmt></Document>"
    ).replace("'VND'", f"'{currency}'").encode()  # fmt: skip


def session(batch: str, *amounts: int, kind: str = "payment", **totals: Any) -> bytes:
    """A settlement document: 1% commission and 10% tax on it."""
    lines: list[dict[str, Any]] = []
    for number, gross in enumerate(amounts, 1):
        commission, tax = -gross // 100, -gross // 1000
        lines.append({
            "kind": kind, "id": f"{batch}-{number}", "transaction": f"T-{batch}-{number}",
            "reference": f"R{number}", "at": "2026-11-20T03:00:00+00:00", "currency": "VND",
            "gross": gross, "commission": commission, "tax": tax, "net": gross + commission + tax,
        })  # fmt: skip
    net = sum(line["net"] for line in lines)
    head = {"batch": batch, "currency": "VND", "net": net, "count": len(lines), **totals}
    return "\n".join(json.dumps(one) for one in [head, *lines]).encode()


def settlement(name: str, *lines: dict[str, Any], **more: Any) -> bytes:
    """A settlement document of lines, each of ``settled``."""
    head = {"batch": name, "currency": lines[0]["currency"], "count": len(lines), **more}
    head["net"] = sum(line["net"] for line in lines)
    return "\n".join(json.dumps(one) for one in [head, *lines]).encode()


def settled(
    kind: str, name: str, gross: int, transaction: str = "", reference: str = "",
    currency: str = "VND",
) -> dict[str, Any]:  # fmt: skip
    """A line without commission."""
    return {
        "kind": kind, "id": name, "transaction": transaction or f"T-{name}",
        "reference": reference or f"R-{name}", "at": "2026-11-20T03:00:00+00:00",
        "currency": currency, "gross": gross, "commission": 0, "tax": 0, "net": gross,
    }  # fmt: skip


def report(*entries: tuple[int, str], name: str = "R1") -> bytes:
    """A camt.052 of the day: entries without balances."""
    written = camt(1, 0, *entries).decode()
    for of_statement, of_report in (
        ("camt.053", "camt.052"), ("BkToCstmrStmt", "BkToCstmrAcctRpt"), ("Stmt>", "Rpt>"),
        ("<Id>S1<", f"<Id>{name}<"), ("<LglSeqNb>1</LglSeqNb>", ""),
    ):  # fmt: skip
        written = written.replace(of_statement, of_report)
    return re.sub("<Bal>.*</Bal>", "", written).encode()


def told_anew(content: bytes, which: int = 0) -> bytes:
    """The value date of one of its entries is another, all else as it was."""
    at = -1
    for _ in range(which + 1):
        at = content.index(b"<ValDt>", at + 1)
    end = content.index(b"</ValDt>", at)
    return content[:at] + b"<ValDt><Dt>2026-11-10</Dt>" + content[end:]


def bank_credit(reference: str, amount: int, **more: Any) -> dict[str, Any]:
    """What finance says of a line of the agency's bank."""
    return {
        "account": BANK, "reference": reference, "amount": amount, "currency": "VND",
        "booked_on": "2026-11-12", **more,
    }  # fmt: skip


class FileDesk:
    """An agency's files, as finance staff send them.

    ``books`` and ``cases`` are the paths, within the agency, of the projections that tell of them.
    """

    def __init__(self, town: Town, *, books: str = "", cases: str = "") -> None:
        named = {**BANK, "purpose": "collection", "currency": "VND", "effective_on": "2020-01-01"}
        told(post(town["administrator"], f"/agencies/{town.agency}/bank-accounts", named))
        self.town, self._ledger, self._list = town, books, cases
        self.path = f"/agencies/{town.agency}/files"
        ids = town.service.ids()
        self.bank = str(ids.bank_account(town.agency, BANK["bank"], BANK["number"], "VND"))

    def send(self, content: bytes, account: str = "", by: str = "finance", **more: str) -> Any:
        answer = self.town[by].post(
            self.path, content=content, params={"account": account or self.bank, **more},
            headers=new_key(),
        )  # fmt: skip
        return told(answer, 200, 201)

    def accept(self, file: Any, by: str = "finance", **body: str) -> httpx.Response:
        return post(self.town[by], f"{self.path}/{file['id']}/accept", body)

    def see(self, file: Any, part: str = "", **asked: Any) -> Any:
        found = self.town["finance"].get(f"{self.path}/{file['id']}{part}", params=asked)
        return told(found, 200)

    def states(self, file: Any) -> list[str]:
        return [line["state"] for line in self.see(file, "/lines")["items"]]

    def take(self, content: bytes, account: str = "") -> Any:
        """Send and accept it, by two where it restates, and wait for what comes of it."""
        file = self.send(content, account)
        if file["verdict"] == "F03":
            told(self.accept(file, "approver", digest=file["digest"]))
        else:
            told(self.accept(file))
        self.town.service.await_followers()
        return file

    def balances(self) -> dict[str, int]:
        """Debits - credits of every account of the agency that is not at zero."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/{self._ledger}"
        books = told(self.town["finance"].get(path))["books"]
        return {
            str(row["account"]): row["balance"]["amount"]
            for book in books for row in book["accounts"] if row["balance"]["amount"]
        }  # fmt: skip

    def open_cases(self) -> list[tuple[str, str, int]]:
        """Code, kind of subject and money at risk of each case that is not closed."""
        self.town.service.await_followers()
        path = f"/agencies/{self.town.agency}/{self._list}"
        rows = told(self.town["finance"].get(path, params={"limit": 200}))["items"]
        return sorted(
            (row["code"], row["subject_kind"], row["at_risk"]["amount"])
            for row in rows if row["state"] != "closed"
        )  # fmt: skip

    def seen_batch(self, name: str) -> Any:
        return told(self.town["finance"].get(self.batch_path(name)))

    def batch_path(self, name: str) -> str:
        id = self.town.service.ids().of("batch", self.town.account, name)
        return f"/agencies/{self.town.agency}/batches/{id}"

    def case(self, file: Any) -> Any:
        url = self.town.service.settings.need_database_url()
        with psycopg.connect(url, row_factory=dict_row) as db:
            rows = db.execute(
                "SELECT stream FROM feesvc.event "
                "WHERE topic = 'case.opened' AND agency = %s ORDER BY position",
                [self.town.agency],
            ).fetchall()
        found = [told(self.town["finance"].get(f"/cases/{row['stream']}")) for row in rows]
        return [case for case in found if case["subject"] == file["id"]]
