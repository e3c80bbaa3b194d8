"""Opens a camt message: well-formed, of a version we know, whole, and not empty."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from lxml import etree

from feesvc.statement import BankEntry, Unreadable
from feesvc_camt_xml.elements import Element, children, text
from feesvc_camt_xml.entries import entry

Kind: TypeAlias = Literal["statement", "report", "notification"]

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05([234])\.001\.0([2-8])")
FAMILY = re.compile(r"camt\.\d{3}\.\d{3}\.\d\d\Z", re.ASCII)
READ = "camt.052, .053 or .054 of versions 2 to 8"
MESSAGES: dict[str, tuple[Kind, str, str]] = {
    "2": ("report", "BkToCstmrAcctRpt", "Rpt"),
    "3": ("statement", "BkToCstmrStmt", "Stmt"),
    "4": ("notification", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
"""By the digit in the message's name: what it is, its element, and that of each account in it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of one kind, and what it says of each account, its entries apart."""

    kind: Kind
    statements: Sequence[Element]
    entries: Mapping[Element, Sequence[BankEntry]]
    faults: Mapping[Element, Sequence[Unreadable]]
    """Entries that are wrong (F05), by account as the others."""


def opened(document: BinaryIO) -> Message:
    """Raises ``Unreadable``. No entity is resolved and nothing is fetched.

    Each entry is read when it is over, and let go: a tree of all of them takes ten times the file.
    """
    root, entries, faults = _parsed(document)
    kind, message, one = _known(root)
    found = children(root, message)
    if len(found) != 1:
        raise Unreadable("F04", f"{len(found)} {message} elements where one belongs")
    statements = children(found[0], one)
    if not statements:
        raise Unreadable("F13", f"a message without {one}: it says nothing of any account")
    _whole(found[0])
    return Message(kind, statements, entries, faults)


def _known(root: Element) -> tuple[Kind, str, str]:
    name = etree.QName(root)
    known = NAMESPACE.fullmatch(name.namespace or "")
    if known is None or name.localname != "Document":
        # A version that is not read here is a layout like any other that is not known.
        said = FAMILY.search(name.namespace or "")
        why = f"{said[0] if said else 'its root'} is no Document of {READ}"
        raise Unreadable("F12", why, place=f"line {root.sourceline}", text=root.tag)
    return MESSAGES[known[1]]


def _parsed(
    document: BinaryIO,
) -> tuple[
    Element, Mapping[Element, Sequence[BankEntry]], Mapping[Element, Sequence[Unreadable]]
]:  # fmt: skip
    parts = etree.iterparse(
        document, events=("start", "end"), tag=("{*}Document", "{*}Ntry"),
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    entries: dict[Element, list[BankEntry]] = {}
    faults: dict[Element, list[Unreadable]] = {}
    try:
        for event, element in parts:
            if event == "start":
                _check_start(element)
            elif element.tag.endswith("}Ntry"):
                whose = element.getparent()
                told, wrong = entries.setdefault(whose, []), faults.setdefault(whose, [])
                try:
                    told.append(entry(element, len(told) + len(wrong) + 1))
                except Unreadable as fault:
                    if fault.code != "F05":
                        raise
                    wrong.append(fault)
                element.clear()
    except etree.XMLSyntaxError as error:
        raise Unreadable("F04", str(error.msg), place=f"line {error.lineno}") from None
    _check_start(parts.root)
    return parts.root, entries, faults


def _check_start(element: Element) -> None:
    """Before anything in it is believed."""
    tree = element.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise Unreadable("F04", "a document type declaration: no bank's message has one")
    _known(tree.getroot())


def _whole(message: Element) -> None:
    """Every page that is not the last has lost some of its entries to another file."""
    for last in message.iterfind(".//{*}LastPgInd"):
        if (last.text or "").strip() not in ("true", "1"):
            page = text(last.getparent(), "PgNb")
            raise Unreadable(
                "F06", f"page {page}, and not the last", place=f"line {last.sourceline}"
            )
