"""Ids: the same facts always give the same id, so a repeated request finds what it made before."""

from __future__ import annotations

import json
import unicodedata
from uuid import UUID, uuid5


class Ids:
    """Makes ids in one namespace, which is random, made once, kept in the log's first event."""

    def __init__(self, namespace: UUID) -> None:
        self.namespace = namespace

    def of(self, kind: str, *parts: str | int) -> UUID:
        """UUIDv5 of the JSON array ``[kind, part, …]``; texts are NFC and trimmed.

        Codes must arrive upper-case; ``code`` does that.
        """
        texts = [part if isinstance(part, int) else plain(part) for part in parts]
        array = json.dumps([kind, *texts], ensure_ascii=False, separators=(",", ":"))
        return uuid5(self.namespace, array)

    def agency(self, agency: str) -> UUID:
        return self.of("agency", code(agency))

    def procedure(self, agency: str, procedure: str) -> UUID:
        return self.of("procedure", code(agency), code(procedure))

    def officer(self, agency: str, subject: UUID) -> UUID:
        return self.of("officer", code(agency), str(subject))

    def portal(self, portal: str) -> UUID:
        return self.of("portal", code(portal))

    def fee_schedule(self, agency: str, document: str) -> UUID:
        return self.of("fee_schedule", code(agency), code(document))

    def assessment(self, agency: str, dossier: str, notice: str) -> UUID:
        return self.of("assessment", code(agency), code(dossier), code(notice))

    def payment(self, account: UUID, reference: str) -> UUID:
        """A payment is found by the reference it has on the wire at one merchant account."""
        return self.of("payment", str(account), reference)

    def transfer(self, account: UUID, transaction: str) -> UUID:
        return self.of("transfer", str(account), transaction)

    def refund(self, command: UUID) -> UUID:
        return self.of("refund", str(command))

    def bank_account(self, agency: str, bank: str, number: str, currency: str) -> UUID:
        """An agency's own account at a bank, as the transfers on it name it."""
        return self.of("bank_account", code(agency), code(bank), code(number), code(currency))

    def payer(self, transfer: UUID) -> UUID:
        """The subject of whoever paid a bank credit: what the bank says of them stands there."""
        return self.of("payer", str(transfer))

    def payee(self, refund: UUID) -> UUID:
        """To whose bank account a refund goes."""
        return self.of("payee", str(refund))

    def payment_list(self, agency: str, reference: str) -> UUID:
        return self.of("payment_list", code(agency), code(reference))

    def reclassification(self, command: UUID) -> UUID:
        return self.of("reclassification", str(command))

    def period(self, agency: str, name: str) -> UUID:
        return self.of("period", code(agency), name)

    def receipt_series(self, agency: str, series: str) -> UUID:
        return self.of("receipt_series", code(agency), code(series))

    def receipt(self, assessment: UUID) -> UUID:
        return self.of("receipt", str(assessment))

    def command(self, principal: str, method: str, route: str, key: str) -> UUID:
        """The command of one HTTP request: the caller, never the credential, so keys may rotate."""
        return self.of("command", principal, method, route, key)

    def step(self, log: str, position: int, process: str, step: str) -> UUID:
        """The command with which a process answers one event."""
        return self.of("step", f"{log}-{position}", process, step)


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def code(text: str) -> str:
    return plain(text).upper()
