"""A payment's QR code as a phone reads it: an independent reader finds the very text again."""

from __future__ import annotations

import re
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
import segno
import zxingcpp

from feesvc.api.payment_codes import drawn

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = (
    (
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA530370454051000058"
        "02VN62150811Chuyen tien630453E6"
    ),
    "https://pay.example/checkout?order=ABC%2F1&x=~",
    "x" * 900,
    "Lệ phí cấp giấy phép",
)


def read(pixels: bytes, width: int) -> list[str]:
    """What a reader of another make finds in grey pixels."""
    height = len(pixels) // width
    grey = memoryview(pixels).cast("B", shape=[height, width])
    return [found.text for found in zxingcpp.read_barcodes(grey)]


def pixels_of_png(picture: bytes) -> tuple[bytes, int]:
    """The pixels of a PNG with one bit each, grey or from a palette of black and white."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, width, dark = 8, b"", 0, 0
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, _, depth, _ = struct.unpack(">IIBB", body[:10])
            assert depth == 1
        elif kind == b"PLTE":
            dark = [body[:3], body[3:6]].index(b"\0\0\0")
        elif kind == b"IDAT":
            packed += body
    row = (width + 7) // 8 + 1
    rows = zlib.decompress(packed)
    pixels, above = bytearray(), bytes(row - 1)
    for start in range(0, len(rows), row):
        line, filtered = rows[start + 1 : start + row], rows[start]
        assert filtered in {0, 2}, "as it is, or added to the row above"
        if filtered:
            line = bytes((one + other) % 256 for one, other in zip(line, above, strict=True))
        above = line
        bits = "".join(f"{byte:08b}" for byte in line)[:width]
        pixels += bytes(0 if bit == str(dark) else 255 for bit in bits)
    return bytes(pixels), width


def pixels_of_svg(picture: bytes, scale: int = 4) -> tuple[bytes, int]:
    """The pixels of an SVG whose path draws rows of modules, one high."""
    root = ET.fromstring(picture)
    path = next(element for element in root.iter(f"{SVG}path") if element.get("stroke"))
    said = re.search(rb"scale\((\d+)\)", picture)
    assert said
    width = int(root.attrib["width"]) // int(said[1])
    grey = [bytearray(b"\xff" * width) for _ in range(width)]
    x = y = 0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path.attrib["d"]):
        across, *down = [int(float(number)) for number in re.findall(r"-?[0-9.]+", numbers)]
        if command == "h":
            grey[y][x : x + across] = bytes(across)
            x += across
        elif command == "M":
            x, y = across, down[0]
        else:
            x, y = x + across, y + down[0]
    rows = (bytes(pixel for pixel in row for _ in range(scale)) * scale for row in grey)
    return b"".join(rows), width * scale


@pytest.mark.parametrize("text", TEXTS, ids=["bank", "url", "long", "Vietnamese"])
def test_a_phone_reads_what_was_drawn(text: str) -> None:
    assert read(*pixels_of_png(drawn(text, "png"))) == [text]
    assert read(*pixels_of_svg(drawn(text, "svg"))) == [text]


def test_a_blot_does_no_harm() -> None:
    text = TEXTS[0]
    pixels, width = pixels_of_png(drawn(text, "png"))
    blot = width // 6
    spoiled = bytearray(pixels)
    for row in range(width // 2, width // 2 + blot):
        spoiled[row * width + width // 2 : row * width + width // 2 + blot] = bytes(blot)
    assert bytes(spoiled) != pixels
    assert read(bytes(spoiled), width) == [text]


def test_what_no_code_can_hold_is_told() -> None:
    with pytest.raises(segno.DataOverflowError):
        drawn("x" * 2_332, "png")
