"""JSON of intermediaries: what has one meaning is read, anything else is a ValueError."""

from __future__ import annotations

import pytest

from feesvc.intermediary import strict_json

STRANGE = {
    "twice": b'{"a":1,"a":1}',
    "twice, within": b'[{"b":{"a":1,"\\u0061":2}}]',
    "not a number": b'{"a":NaN}',
    "endless": b"[-Infinity]",
    "half a character": b'{"a":"\\ud800"}',
    "half a character, upper case": b'{"a":["\\uDFFF"]}',
    "half a character as a name": b'{"\\ud800":1}',
    "two halves the wrong way round": b'"\\udc00\\ud800"',
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "not UTF-8": b'{"a":"\xff"}',
    "half a character in UTF-8": b'"\xed\xa0\x80"',
    "overlong": b'"\xc0\x80"',
    "control character": b'"\x00"',
    "too deep": b"[" * 100_000,
    "too long a number": b"1" * 5_000,
    "cut short": b'{"a":',
    "nothing": b"",
    "two": b"{}{}",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_strange_is_not_read(name: str) -> None:
    with pytest.raises(ValueError, match=r"not JSON|twice|no number"):
        strict_json.read(STRANGE[name])


def test_what_has_one_meaning_is_read() -> None:
    assert strict_json.read(b'{"a":{"a":[1,null,true,"x"]}}') == {"a": {"a": [1, None, True, "x"]}}
    assert strict_json.read(b'"\\uD83D\\ude00 \\\\ud800"') == "\U0001f600 \\ud800"
