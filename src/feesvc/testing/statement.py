"""The contract of bank statement formats, and where public sample files are found.

class TestMine(StatementContract):
    format_class = Mine
    samples = {"day.xml": SAMPLE}
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import pytest

from feesvc.money import total
from feesvc.statement import BankStatement, StatementFormat, Unreadable

HEAD = 4096
CHECKOUT = Path(__file__).parents[3]


def public_file(name: str) -> bytes:
    """A public sample beside the checkout, ``../shared/data/statements``; skips where none is."""
    path = CHECKOUT.parent / "shared" / "data" / "statements" / name
    if not path.is_file():
        pytest.skip(f"the public sample {name} is not beside this checkout")
    return path.read_bytes()


class StatementContract:
    """``samples`` are whole files that are right, by name; at least one has entries."""

    format_class: ClassVar[type[StatementFormat]]
    samples: ClassVar[Mapping[str, bytes]]

    def read(self, document: bytes) -> list[BankStatement]:
        return list(self.format_class().read(BytesIO(document)))

    def test_it_has_a_title(self) -> None:
        assert self.format_class.title.strip()

    def test_it_recognises_its_own(self) -> None:
        assert self.samples
        for name, sample in self.samples.items():
            assert self.format_class().recognises(sample[:HEAD]), name

    @pytest.mark.parametrize(
        "stranger", [b"", b"\0" * 100, b"PK\x03\x04", b"%PDF-1.7", b"a;b\n1;2"]
    )
    def test_it_does_not_recognise_strangers(self, stranger: bytes) -> None:
        assert not self.format_class().recognises(stranger)

    @pytest.mark.parametrize(
        "rubbish",
        [b"", b" ", b"\0" * 100, b"\xff\xfe<", b"<a/>", b"{}", b"PK\x03\x04", b"a;b\n1;2"],
    )
    def test_rubbish_is_unreadable(self, rubbish: bytes) -> None:
        with pytest.raises(Unreadable):
            self.read(rubbish)

    def test_a_sample_is_read_the_same_twice_and_adds_up(self) -> None:
        seen = 0
        for name, sample in self.samples.items():
            statements = self.read(sample)
            assert statements == self.read(sample), name
            for one in statements:
                assert one.account and one.currency
                booked = [e.amount for e in one.entries if e.status == "booked"]
                seen += len(booked)
                if one.opening and one.closing and one.kind == "statement":
                    found = one.opening.amount + total(booked, one.currency)
                    assert found == one.closing.amount, name
        assert seen

    def test_no_cut_reads_as_a_shorter_whole(self) -> None:
        """A file that lost its end is refused, or says the same as the whole one."""
        for name, sample in self.samples.items():
            whole = self.read(sample)
            for cut in range(1, 40):
                short = sample[: len(sample) * cut // 40]
                try:
                    said = self.read(short)
                except Unreadable:
                    continue
                assert said == whole, (name, cut)
