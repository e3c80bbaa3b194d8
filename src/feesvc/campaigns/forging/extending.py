"""Length extension: of ``hash(secret + message)`` the hash of a longer message, without the secret.

SHA-256 and SHA-512 (FIPS 180-4) are written out because a library's hash cannot be started from a
state that was seen somewhere. HMAC does not give way to this; ``hash(secret + message)`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import isqrt


@dataclass(frozen=True, slots=True)
class Shape:
    """One of the two: bits of a word, rounds, bytes of a block, and the rotations."""

    bits: int
    rounds: int
    block: int
    big: tuple[tuple[int, int, int], tuple[int, int, int]]
    small: tuple[tuple[int, int, int], tuple[int, int, int]]


SHA256 = Shape(32, 64, 64, ((2, 13, 22), (6, 11, 25)), ((7, 18, 3), (17, 19, 10)))
SHA512 = Shape(64, 80, 128, ((28, 34, 39), (14, 18, 41)), ((1, 8, 7), (19, 61, 6)))
SHAPES = {64: SHA256, 128: SHA512}
"""By the hexadecimal digits of a digest."""


def extended(digest: str, length: int, suffix: bytes) -> tuple[bytes, str]:
    """What to put behind a message of ``length`` bytes, its secret counted, and the hash of it all.

    ``digest`` is hexadecimal, of SHA-256 or SHA-512; raises ``KeyError`` for another length.
    """
    shape = SHAPES[len(digest)]
    glue = _padding(length, shape)
    size = shape.bits // 4
    state = [int(digest[at : at + size], 16) for at in range(0, len(digest), size)]
    whole = length + len(glue) + len(suffix)
    rest = suffix + _padding(whole, shape)
    for at in range(0, len(rest), shape.block):
        state = _compressed(state, rest[at : at + shape.block], shape)
    return glue + suffix, "".join(f"{word:0{size}x}" for word in state)


def _padding(length: int, shape: Shape) -> bytes:
    counter = shape.block // 8
    zeros = (-length - 1 - counter) % shape.block
    return b"\x80" + b"\0" * zeros + (length * 8).to_bytes(counter, "big")


def _compressed(state: list[int], block: bytes, shape: Shape) -> list[int]:
    mask, size = (1 << shape.bits) - 1, shape.bits // 8

    def turned(word: int, by: int) -> int:
        return (word >> by | word << (shape.bits - by)) & mask

    def big(word: int, by: tuple[int, int, int]) -> int:
        return turned(word, by[0]) ^ turned(word, by[1]) ^ turned(word, by[2])

    def small(word: int, by: tuple[int, int, int]) -> int:
        return turned(word, by[0]) ^ turned(word, by[1]) ^ word >> by[2]

    words = [int.from_bytes(block[at : at + size], "big") for at in range(0, len(block), size)]
    for at in range(16, shape.rounds):
        near, far = small(words[at - 2], shape.small[1]), small(words[at - 15], shape.small[0])
        words.append(near + words[at - 7] + far + words[at - 16] & mask)
    a, b, c, d, e, f, g, h = state
    for word, constant in zip(words, _constants(shape.bits, shape.rounds), strict=True):
        one = h + big(e, shape.big[1]) + (e & f ^ ~e & g) + constant + word
        two = big(a, shape.big[0]) + (a & b ^ a & c ^ b & c)
        h, g, f, e, d, c, b, a = g, f, e, d + one & mask, c, b, a, one + two & mask
    return [x + y & mask for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


@cache
def _constants(bits: int, rounds: int) -> tuple[int, ...]:
    """The first bits of the fractions of the cube roots of the first primes."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < rounds:
        if all(candidate % prime for prime in primes if prime <= isqrt(candidate)):
            primes.append(candidate)
        candidate += 1
    return tuple(_cube_root(prime << 3 * bits) & (1 << bits) - 1 for prime in primes)


def _cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low
