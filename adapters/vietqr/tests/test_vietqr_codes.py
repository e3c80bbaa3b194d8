"""Codes from public repositories: what is right is read and written alike, the rest is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.testing.books import No
from feesvc_vietqr.codes import Unreadable, crc_of, read, read_template, template, written
from feesvc_vietqr.counterpart.scanning import scanned

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text("utf-8")
)["vectors"]
RIGHT = [vector for vector in VECTORS if not vector["use"].startswith("negative")]
WRONG = [vector for vector in VECTORS if vector["use"].startswith("negative")]
NAMED = {"01": "poi", "52": "mcc", "53": "currency", "54": "amount", "58": "country",
         "59": "merchant_name", "60": "city"}  # fmt: skip


def named(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def slow_crc(text: str) -> str:
    """CRC-16/CCITT-FALSE bit by bit, as its definition says it."""
    register = 0xFFFF
    for bit in "".join(f"{byte:08b}" for byte in text.encode("ascii")):
        top = register >> 15
        register = register << 1 & 0xFFFF
        if top ^ int(bit):
            register ^= 0x1021
    return f"{register:04X}"


def test_there_is_something_to_judge_by() -> None:
    assert (len(RIGHT), len(WRONG)) == (16, 9)
    assert slow_crc("123456789") == crc_of("123456789") == "29B1"


@pytest.mark.parametrize("vector", RIGHT, ids=named)
def test_a_right_code_is_read(vector: dict[str, Any]) -> None:
    fields = read(vector["payload"])
    decoded = vector["decoded"]
    for tag, name in NAMED.items():
        assert fields.get(tag) == decoded[name], name
    [payee] = [read_template(fields[tag]) for tag in ("26", "38") if tag in fields]
    assert payee["00"] == decoded["guid"]
    if "38" in fields:
        inner = read_template(payee["01"])
        assert (inner["00"], inner["01"]) == (decoded["bin"], decoded["account"])
        assert payee.get("02") == decoded["service"]
    else:
        assert payee["01"] == decoded["merchant"]
    additional = read_template(fields["62"]) if "62" in fields else None
    assert additional == decoded["additional"]


@pytest.mark.parametrize("vector", RIGHT, ids=named)
def test_a_right_code_is_written_again(vector: dict[str, Any]) -> None:
    fields = read(vector["payload"])
    if list(fields) == sorted(fields) and all(fields.values()):
        code = vector["payload"]
        assert written(fields) == code[:-4] + code[-4:].upper()
    else:
        assert vector["id"] in {"qr_DA5C", "qr_A6AF"}, "only these are in an order of their own"


@pytest.mark.parametrize("vector", WRONG, ids=named)
def test_a_wrong_code_is_refused_for_what_is_wrong(vector: dict[str, Any]) -> None:
    lengths = vector["tlv_error"]
    with pytest.raises(Unreadable, match="tag and length|longer" if lengths else "another CRC"):
        read(vector["payload"])
    with pytest.raises(No, match="length" if lengths else "crc"):
        scanned(vector["payload"])


def test_a_right_crc_over_wrong_lengths_is_refused_for_the_lengths() -> None:
    for vector in WRONG:
        if vector["tlv_error"]:
            body = vector["payload"][:-4]
            with pytest.raises(Unreadable, match=r"tag and length|longer"):
                read(body + slow_crc(body))


def test_the_crc_may_be_lower_case_and_is_written_upper() -> None:
    [vector] = [vector for vector in VECTORS if vector["use"] == "crc-case test"]
    assert vector["payload"].endswith("79db")
    assert written(read(vector["payload"])).endswith("79DB")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("010212000201" + "6304", "begin"),
        ("0002025802VN" + "6304", "begin"),
        ("0002015802VN5802VN" + "6304", "twice"),
        ("0002016304ABCD5802VN" + "6304", "twice"),
        ("0002015802VN5902OK", "end"),
        ("0002015802VN" + "6305", "longer"),
        ("00020158٠٢VN" + "6304", "ASCII"),
        ("0002015904Sở" + "6304", "ASCII"),
        ("0002015902\r\n" + "6304", "ASCII"),
        ("", "begin"),
    ],
)
def test_a_frame_of_another_form_is_refused(body: str, fault: str) -> None:
    with pytest.raises(Unreadable, match=fault):
        read(body + slow_crc(body) if body.isascii() and body.endswith("04") else body)


VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=99)
TAGS = st.integers(1, 99).filter(lambda tag: tag != 63).map(lambda tag: f"{tag:02d}")


@given(st.dictionaries(TAGS, VALUES, max_size=8))
def test_what_was_written_is_read(fields: dict[str, str]) -> None:
    code = written(fields)
    assert read(code) == {"00": "01", **fields}
    assert code[-4:] == slow_crc(code[:-4])


@given(st.data())
def test_no_changed_character_is_read(data: st.DataObject) -> None:
    code = RIGHT[0]["payload"]
    at = data.draw(st.integers(0, len(code) - 5))
    wrong = data.draw(st.characters(max_codepoint=255).filter(lambda c: c != code[at]))
    with pytest.raises(Unreadable):
        read(code[:at] + wrong + code[at + 1 :])


@pytest.mark.parametrize("value", ["", "x" * 100, "Sở", "a\nb"])
def test_what_no_field_can_hold_is_not_written(value: str) -> None:
    with pytest.raises(ValueError, match="59"):
        template({"59": value})
