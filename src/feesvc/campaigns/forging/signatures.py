"""M1 to M12: what is wrong is the signature, the key, or how the one was made with the other."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from random import Random

from feesvc.campaigns.forging.cases import Case, Mail, other_value
from feesvc.campaigns.forging.extending import SHAPES, extended
from feesvc.campaigns.forging.letters import HEADER, MARK, Letter


def no_signature(case: Case, chance: Random) -> Mail | None:
    """M1."""
    return Mail(case.genuine.without(case.signature)) if case.signature else None


def empty_signature(case: Case, chance: Random) -> Mail | None:
    """M2: empty, blank, or the word for nothing; whole or within what stands around it."""
    if not case.signature:
        return None
    nothing = chance.choice(("", " ", "null", "None", "0", "undefined"))
    if chance.random() < 0.5:
        return Mail(case.genuine.put(case.signature, nothing))
    return Mail(case.genuine.marks(case.signature, lambda _: nothing))


def wrong_length(case: Case, chance: Random) -> Mail | None:
    """M3: cut at either end, or with more of the same behind it."""
    cut = chance.randrange(1, 16)
    ways = (lambda m: m[:-cut], lambda m: m[cut:], lambda m: m + m[:cut], lambda m: m + m)
    return _resigned(case, chance.choice(ways))


def one_bit_off(case: Case, chance: Random) -> Mail | None:
    """M4: of what the signature is when it is decoded."""
    where = chance.random()

    def flip(mark: str) -> str:
        raw, encode = _decoded(mark)
        bit = int(where * len(raw) * 8)
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        return encode(bytes(changed))

    return _resigned(case, flip)


def other_case(case: Case, chance: Random) -> Mail | None:
    """M5: hexadecimal in another case says the same, and some providers want it read so."""
    ways = (str.swapcase, str.upper, str.lower, str.title)
    marks = MARK.findall(case.genuine.written(case.signature)) if case.signature else []
    changing = [way for way in ways if any(way(mark) != mark for mark in marks)]
    mail = _resigned(case, chance.choice(changing)) if changing else None
    if mail is not None:
        mail.untouched = all(_is_hexadecimal(mark) for mark in marks)
    return mail


def of_another_message(case: Case, chance: Random) -> Mail | None:
    """M6."""
    if not case.signature:
        return None
    return Mail(case.genuine.put(case.signature, case.another.get(case.signature)))


def key_of_another_agency(case: Case, chance: Random) -> Mail | None:
    """M7."""
    return Mail(case.signed_by("other agency")) if case.signature else None


def trial_key_on_a_live_account(case: Case, chance: Random) -> Mail | None:
    """M8: the key of the account in test mode."""
    return Mail(case.signed_by("trial")) if case.signature else None


def retired_key(case: Case, chance: Random) -> Mail | None:
    """M9: the key that was, after it was left out of the account's settings."""
    return Mail(case.signed_by("retired")) if case.signature else None


def algorithm_chosen_by_the_message(case: Case, chance: Random) -> Mail | None:
    """M10: it says how it is signed, and is signed so, in a way that needs no key."""
    if not case.signature:
        return None
    letter = _dearer(case, chance)
    content = letter.body or letter.query
    how = chance.choice(("MD5", "SHA1", "SHA256", "none"))
    said = "" if how == "none" else hashlib.new(how.lower(), content).hexdigest()
    if case.signature.startswith(HEADER):
        schemes = (f"alg={how.lower()},v0={said}", f"{how.lower()}={said}", f"v0={said}", said)
        stamp = letter.written(case.signature).partition(",")[0]
        return Mail(letter.put(case.signature, f"{stamp},{chance.choice(schemes)}"))
    letter = letter.put(case.signature, said)
    names = (f"{case.signature}Type", f"{case.signature}_type", "alg", "signType", "hashType")
    return Mail(_with(letter, chance.choice(names), how))


def length_extended(case: Case, chance: Random) -> Mail | None:
    """M11: as if the key stood before the message, its length guessed."""
    if not case.signature:
        return None
    [*marks] = [m for m in MARK.findall(case.genuine.written(case.signature)) if len(m) in SHAPES]
    amount = case.told.get("amount")
    if not marks or amount is None:
        return None
    letter = case.genuine
    content = letter.body or letter.query
    if letter.kind == "json":
        suffix = b',"amount":1}'
    else:
        suffix = f"&{amount}={other_value(letter.get(amount), chance)}".encode()
    secret = chance.choice((16, 32, 64, 24, 20, 48, chance.randrange(1, 129)))
    try:
        added, digest = extended(marks[0].lower(), secret + len(content), suffix)
    except ValueError:
        return None
    digest = digest.upper() if marks[0].isupper() else digest
    if letter.kind == "query":
        written = "".join(f"%{byte:02X}" for byte in added[: -len(suffix)]).encode() + suffix
        grown = Letter(
            letter.method, letter.path, letter.query + written, letter.headers, letter.body
        )
    else:
        grown = Letter(letter.method, letter.path, letter.query, letter.headers, content + added)
    return Mail(_marked(grown, case.signature, marks[0], digest))


def re_split(case: Case, chance: Random) -> Mail | None:
    """M12: two neighbours become one, so that ``a=1&b=2`` reads the same and says another thing."""
    letter = case.genuine
    if letter.kind == "json":
        places = sorted(p for p in case.told.values() if not p.startswith(HEADER))
        if len(places) < 2:
            return None
        first, second = chance.sample(places, 2)
        name = second.rpartition(".")[2]
        joined = f"{letter.written(first)}&{name}={letter.written(second)}"
        return Mail(letter.put(first, joined).without(second))
    pairs = [pair for pair in letter.pairs if pair[0] != case.signature]
    signed = [pair for pair in letter.pairs if pair[0] == case.signature]
    at = chance.randrange(len(pairs) - 1)
    (name, value), (gone, rest) = pairs[at], pairs[at + 1]
    pairs[at : at + 2] = [(name, f"{value}%26{gone}%3D{rest}")]
    return Mail(letter.with_pairs([*pairs, *signed]))


def _resigned(case: Case, change: Callable[[str], str]) -> Mail | None:
    if not case.signature:
        return None
    return Mail(case.genuine.marks(case.signature, change))


def _marked(letter: Letter, place: str, old: str, new: str) -> Letter:
    """The letter with one signature in place of another, byte for byte where it stands."""
    if place.startswith(HEADER):
        return letter.put(place, letter.written(place).replace(old, new))
    was, now = old.encode(), new.encode()
    return Letter(
        letter.method, letter.path, letter.query.replace(was, now), letter.headers,
        letter.body.replace(was, now),
    )  # fmt: skip


def _dearer(case: Case, chance: Random) -> Letter:
    """The letter with something else in it than was said."""
    place = chance.choice(sorted(case.told.values()))
    return case.genuine.put(place, other_value(case.genuine.get(place), chance))


def _with(letter: Letter, name: str, value: str) -> Letter:
    if letter.kind == "json":
        return letter.put(name, value)
    return letter.with_pairs([*letter.pairs, (name, value)])


def _is_hexadecimal(mark: str) -> bool:
    return len(mark) % 2 == 0 and set(mark) <= set("0123456789abcdefABCDEF")


def _decoded(mark: str) -> tuple[bytes, Callable[[bytes], str]]:
    """A signature's bytes, and how they were written."""
    if _is_hexadecimal(mark):
        upper = mark == mark.upper()
        return bytes.fromhex(mark), lambda raw: raw.hex().upper() if upper else raw.hex()
    for decode, encode in (
        (lambda m: base64.b64decode(m, validate=True), base64.b64encode),
        (base64.urlsafe_b64decode, base64.urlsafe_b64encode),
    ):
        try:
            return decode(mark), lambda raw, encode=encode: encode(raw).decode()
        except (binascii.Error, ValueError):
            continue
    return mark.encode(), lambda raw: raw.decode("latin-1")
