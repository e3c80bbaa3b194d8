"""M13 to M26: what is wrong is what was signed, how it is written, or where and when it goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from feesvc.campaigns.forging.cases import Case, Mail, other_value
from feesvc.campaigns.forging.letters import HEADER, MARK

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
CONFUSABLE = str.maketrans("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ")


def unsigned_field_that_overrides(case: Case, chance: Random) -> Mail | None:
    """M13: a field that nobody signed and that a careless reader would take for a signed one."""
    word = chance.choice([w for w in ("amount", "reference", "result") if w in case.told])
    place = case.told[word]
    name, value = place.rpartition(".")[2], other_value(case.genuine.get(place), chance)
    names = (name.upper(), name.title(), f"{name}[]", f" {name}", f"{name}.", f"_{name}", word)
    spelling = chance.choice([other for other in names if other != name])
    letter = case.genuine
    if letter.kind == "json":
        if letter.get(spelling) is not None:
            return None
        return Mail(letter.with_content({**letter.content, spelling: value}), untouched=True)
    extra = (quote_plus(spelling), quote_plus(str(value)))
    pairs = [extra, *letter.pairs] if chance.random() < 0.5 else [*letter.pairs, extra]
    return Mail(letter.with_pairs(pairs), untouched=True)


def mandatory_field_removed(case: Case, chance: Random) -> Mail:
    """M14."""
    return Mail(case.genuine.without(_place(case, chance)))


def array_or_object_for_a_scalar(case: Case, chance: Random) -> Mail:
    """M15: in JSON as such, in parameters as ``name[]=`` and ``name[$ne]=``."""
    letter, place = case.genuine, _place(case, chance)
    if letter.kind == "json":
        value = letter.get(place)
        wrapped: tuple[Any, ...] = (
            [value],
            {"0": value},
            {"$gt": ""},
            [value, value],
            [],
            {},
            None,
        )
        return Mail(letter.put(place, chance.choice(wrapped)))
    ending = chance.choice(("%5B%5D", "%5B0%5D", "%5B%24ne%5D", "[]"))
    pairs = [(n + ending if unquote_plus(n) == place else n, v) for n, v in letter.pairs]
    return Mail(letter.with_pairs(pairs))


def bytes_that_readers_differ_on(case: Case, chance: Random) -> Mail:
    """M16: NUL, UTF-7, overlong UTF-8, a byte order mark."""
    letter, place = case.genuine, _place(case, chance)
    text = letter.written(place).strip('"')
    spoiled = chance.choice(
        (
            b"%b\x00",
            b"\x00%b",
            b"+ADA-%b",
            b"%b\xc0\xae",
            b"\xef\xbb\xbf%b",
            b"%b\xed\xa0\x80",
            b"%b\xff",
        )
    )
    if letter.kind != "json":
        wire = quote_plus(spoiled.replace(b"%b", text.encode()))
        pairs = [(n, wire if unquote_plus(n) == place else v) for n, v in letter.pairs]
        return Mail(letter.with_pairs(pairs))
    if chance.random() < 0.3:
        mark = chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x00"))
        return Mail(replace(letter, body=mark + letter.body))
    wanted = letter.put(place, "@here@").body
    value = spoiled.replace(b"%b", text.encode())
    return Mail(replace(letter, body=wanted.replace(b"@here@", value)))


def encoded_otherwise(case: Case, chance: Random) -> Mail:
    """M17: ``+`` for ``%20``, escapes nobody needs, escapes of escapes."""
    letter = case.genuine
    if letter.kind == "json":
        place = _place(case, chance, lambda value: isinstance(value, str) and bool(value))
        text = letter.written(place)
        escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else c for c in text)
        body = letter.put(place, "@here@").body
        return Mail(replace(letter, body=body.replace(b"@here@", escaped.encode())), untouched=True)
    ways: tuple[Callable[[str], str], ...] = (
        lambda v: v.replace("+", "%20"),
        lambda v: quote(unquote_plus(v), safe=""),
        lambda v: "".join(f"%{byte:02x}" for byte in unquote_plus(v).encode()),
        quote_plus,
        str.lower,
    )
    way = chance.choice(ways)
    at = chance.randrange(len(letter.pairs))
    pairs = [(n, way(v) if i == at else v) for i, (n, v) in enumerate(letter.pairs)]
    name, value = letter.pairs[at]
    same = unquote_plus(pairs[at][1]) == unquote_plus(value)
    # Not every format signs every parameter: what decides nothing may read as it likes.
    decides = unquote_plus(name) in {*case.told.values(), case.signature}
    return Mail(letter.with_pairs(pairs), untouched=same or not decides)


def look_alikes(case: Case, chance: Random) -> Mail:
    """M18: digits of other scripts, which ``int`` takes for digits, and letters like ours."""
    letter, place = case.genuine, _place(case, chance)
    text = letter.written(place).strip('"')
    tables = [t for t in (FULL_WIDTH, ARABIC, CONFUSABLE) if text.translate(t) != text]
    changed = text.translate(chance.choice(tables)) if tables else f"{text}ﬀ"
    return Mail(letter.put(place, changed))


def twice_in_different_places(case: Case, chance: Random) -> Mail:
    """M19: a parameter or a header twice, or in the query and in the body as well.

    What stands where this format has nothing to read changes nothing that was signed.
    """
    letter, place = case.genuine, _place(case, chance)
    name = quote_plus(place.rpartition(".")[2])
    value = quote_plus(str(other_value(letter.get(place), chance)))
    if letter.kind == "json" or chance.random() < 0.3:
        if case.signature.startswith(HEADER) and chance.random() < 0.5:
            header = case.signature.removeprefix(HEADER)
            spoiled = MARK.sub(lambda m: m[0][::-1], letter.written(case.signature))
            return Mail(replace(letter, headers=(*letter.headers, (header, spoiled))))
        if letter.kind == "query":
            return Mail(replace(letter, body=f"{name}={value}".encode()), untouched=True)
        extra = f"{name}={value}&{name}={value}".encode()
        return Mail(replace(letter, query=extra), untouched=True)
    pairs = list(letter.pairs)
    pairs.insert(chance.randrange(len(pairs) + 1), (name, value))
    return Mail(letter.with_pairs(pairs))


def key_twice_in_json(case: Case, chance: Random) -> Mail | None:
    """M20: the same name twice in one object, with another value before or behind."""
    letter = case.genuine
    if letter.kind != "json":
        return None
    place = _place(case, chance)
    value, name = letter.get(place), json.dumps(place.rpartition(".")[2])
    pair, other = f"{name}:{json.dumps(value)}", f"{name}:{json.dumps(other_value(value, chance))}"
    both = f"{other},{pair}" if chance.random() < 0.5 else f"{pair},{other}"
    body = letter.with_content(letter.content).body.decode()
    for write in (str, lambda text: text.replace('"', '\\"')):  # in JSON, or in a string of it
        if write(pair) in body:
            return Mail(replace(letter, body=body.replace(write(pair), write(both), 1).encode()))
    return None


def blanks_in_values(case: Case, chance: Random) -> Mail:
    """M21."""
    letter, place = case.genuine, _place(case, chance)
    blank = chance.choice((" ", "\n", "\r\n", "\t", "\u00a0", "\u200b", "\x0b"))
    text = letter.written(place).strip('"')
    at = chance.choice((0, len(text), len(text) // 2))
    return Mail(letter.put(place, text[:at] + blank + text[at:]))


def written_anew(case: Case, chance: Random) -> Mail:
    """M22: the same parameters or fields, in another order and with other blanks."""
    letter = case.genuine
    if letter.kind != "json":
        pairs = list(letter.pairs)
        chance.shuffle(pairs)
        return Mail(letter.with_pairs(pairs), untouched=True)
    content = letter.content
    turned = dict(chance.sample(list(content.items()), len(content)))
    style = chance.choice(({"indent": 1}, {"separators": (", ", ": ")}, {"sort_keys": True}))
    return Mail(letter.with_content(turned, **style), untouched=True)


def replayed(case: Case, chance: Random) -> Mail:
    """M23: the very same, now and then, or a thousand times at once."""
    if chance.random() < 0.01:
        return Mail(case.genuine, untouched=True, times=1_000)
    times, apart = chance.choice((2, 3, 5, 10)), timedelta(seconds=chance.randrange(7, 20))
    return Mail(case.genuine, untouched=True, times=times, apart=apart)


def sent_to_another_endpoint(case: Case, chance: Random) -> Mail:
    """M24: another agency's account, or one that nobody has."""
    return Mail(replace(case.genuine, path=chance.choice(case.elsewhere)))


def old_timestamp(case: Case, chance: Random) -> Mail | None:
    """M25: said long ago, or made to look so. What carries no time may come late, once."""
    days = chance.choice((1, 2, 30, 400))
    if case.stamped:
        return Mail(case.genuine, days_late=days)
    if "at" not in case.told or chance.random() < 0.5:
        return Mail(case.genuine, untouched=True, days_late=days)
    place = case.told["at"]
    return Mail(case.genuine.put(place, other_value(case.genuine.get(place), chance)))


def source_made_up(case: Case, chance: Random) -> Mail:
    """M26: headers that name another source; who sent it is told by the signature alone."""
    names = ("x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip", "via", "x-forwarded-host")
    address = chance.choice(
        ("127.0.0.1", "10.0.0.1", "::1", "203.171.19.146", "1.2.3.4, 127.0.0.1")
    )
    name = chance.choice(names)
    value = f"for={address}" if name == "forwarded" else address
    return Mail(
        replace(case.genuine, headers=(*case.genuine.headers, (name, value))), untouched=True
    )


def _place(case: Case, chance: Random, that: Callable[[Any], bool] = lambda value: True) -> str:
    """Where something stands that decides what the letter means."""
    letter = case.genuine
    needed = ("reference", "transaction", "amount", "result", "currency")
    places = [case.told[w] for w in needed if w in case.told and that(letter.get(case.told[w]))]
    return chance.choice([place for place in places if not place.startswith(HEADER)])
