"""References are compared in one form, whatever their writers make of blanks, marks and letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.reconciling.keys import key, keys


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("fv-12 ab", "FV12AB"),
        ("0012", "0012"),
        ("ＦＶ１２", "FV12"),
        ("  ", ""),
        ("phí/2026", "PHÍ2026"),
        ("phi\u0301/2026", "PHÍ2026"),
        ("FV12AB", "FV12AB"),
    ],
)
def test_a_key(written: str, compared: str) -> None:
    assert key(written) == compared


@given(st.text(max_size=30))
def test_a_key_of_a_key_is_itself(text: str) -> None:
    assert key(key(text)) == key(text)


def test_keys_are_each_there_once() -> None:
    assert keys(["a-1", "", "A1", "b", "--"]) == ["A1", "B"]
