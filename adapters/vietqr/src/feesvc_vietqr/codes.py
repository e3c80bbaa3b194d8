"""EMVCo merchant-presented codes: tag, length, value, and a CRC over all that stands before it.

Two digits of tag, two of length in characters, then the value; a template's value is made of such
fields again. The first field is 00 (always 01), the last is 63: CRC-16 with polynomial 0x1021 and
start 0xFFFF, not reflected, in four hexadecimal digits, over everything up to and with ``6304``.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping

CRC_FIELD = "6304"
PLAIN = re.compile("[ -~]*")
CRC = re.compile("[0-9A-Fa-f]{4}")
LONGEST_VALUE = 99


class Unreadable(ValueError):
    """Not a code; the message says where and why."""


def written(fields: Mapping[str, str]) -> str:
    """A whole code of these top-level fields, by ascending tag, the CRC in upper case."""
    body = template({"00": "01", **fields}) + CRC_FIELD
    return body + crc_of(body)


def template(fields: Mapping[str, str]) -> str:
    """Fields by ascending tag. Raises ``ValueError`` for what no field can hold."""
    parts = []
    for tag, value in sorted(fields.items()):
        if not PLAIN.fullmatch(value) or not 0 < len(value) <= LONGEST_VALUE:
            raise ValueError(f"field {tag} cannot hold {len(value)} characters: {value!r}")
        parts.append(f"{tag}{len(value):02d}{value}")
    return "".join(parts)


def read(code: str) -> dict[str, str]:
    """The top-level fields of a code, without its CRC. Lengths are judged before the CRC.

    The CRC may stand in lower case. Raises ``Unreadable``.
    """
    if not PLAIN.fullmatch(code):
        raise Unreadable("a character outside printable ASCII")
    fields = read_template(code)
    tags = list(fields)
    if tags[:1] != ["00"] or fields["00"] != "01":
        raise Unreadable("it does not begin with the format indicator 01")
    if tags[-1] != "63" or not CRC.fullmatch(fields["63"]):
        raise Unreadable("it does not end with a CRC")
    if fields.pop("63").upper() != crc_of(code[:-4]):
        raise Unreadable("another CRC")
    return fields


def read_template(text: str) -> dict[str, str]:
    """The fields of a template's value, in their order. Raises ``Unreadable``."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch("[0-9]{4}", head):
            raise Unreadable(f"no tag and length at {at}")
        tag, end = head[:2], at + 4 + int(head[2:])
        if end > len(text):
            raise Unreadable(f"field {tag} is longer than what is left")
        if tag in fields:
            raise Unreadable(f"field {tag} stands twice")
        fields[tag] = text[at + 4 : end]
        at = end
    return fields


def crc_of(text: str) -> str:
    """CRC-16/CCITT-FALSE of ASCII text: four upper-case hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"
