"""ISO 20022 bank statements: camt.052, camt.053 and camt.054, versions 2 to 8."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from feesvc.statement import BankStatement
from feesvc_camt_xml.document import opened
from feesvc_camt_xml.statements import statement

CLAIMS = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\.")


class CamtXml:
    """Keeps no state; safe to use from many threads."""

    title: ClassVar[str] = "ISO 20022 camt.052/053/054"

    def recognises(self, head: bytes) -> bool:
        return CLAIMS.search(head) is not None

    def read(self, document: BinaryIO) -> Iterator[BankStatement]:
        message = opened(document)
        for number, element in enumerate(message.statements, 1):
            entries = message.entries.get(element, [])
            faults = message.faults.get(element, [])
            yield statement(element, entries, faults, message.kind, number)
