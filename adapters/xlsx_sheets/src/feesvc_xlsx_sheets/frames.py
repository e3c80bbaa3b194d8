"""What the process that reads a workbook and the one that asks say to each other, in frames: each
is told after its length.

Asked is with the sheet's name in a frame, and the document after it. Answered is a frame for each
row, an empty one after the last of them, and one more: what was wrong, if anything was.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from feesvc.statement import FileFault

LENGTH = 4
"""Bytes that say how long a frame is."""
LARGEST = 16 << 20
"""Bytes of a row, and so of what the one that asked has to hold."""
MEMORY = 2 << 30
"""Bytes that a reader may take."""
SECONDS = 600
"""Of processor time that it may take."""
Cells: TypeAlias = tuple[str, ...]
Fault: TypeAlias = tuple[FileFault, str, str, str] | None
"""Code, why, place and text, as ``Unreadable`` has them."""

ENCODER = msgspec.msgpack.Encoder()
CELLS = msgspec.msgpack.Decoder(Cells)
FAULT = msgspec.msgpack.Decoder(Fault)


def framed(said: bytes) -> bytes:
    return len(said).to_bytes(LENGTH, "big") + said
