"""Files that mean harm, or are simply broken: each refused with its reason, none stops or lasts."""

from __future__ import annotations

import gzip
import json
import socket
from select import select
from typing import Any
from urllib.parse import urlsplit

import pytest

from feesvc.testing.file_desk import FileDesk, camt, session
from feesvc.testing.service import new_key
from feesvc.testing.town import told

pytestmark = pytest.mark.lasting


def settled(name: str, **line: Any) -> bytes:
    """A settlement of one line with something odd about it."""
    head, body = session(name, 100_000).decode().split("\n")
    said = json.loads(body) | line
    total = json.loads(head) | {"net": said["net"]}
    return "\n".join(map(json.dumps, (total, said))).encode()


def banked(old: str, new: str) -> bytes:
    return camt(1, 100, (50_000, "FT1")).replace(old.encode(), new.encode())


HUGE = 10**30
SETTLEMENTS: dict[str, bytes] = {
    "10^30": settled("H1", gross=HUGE, commission=0, tax=0, net=HUGE),
    "10^18": settled("H2", gross=10**18, commission=0, tax=0, net=10**18),
    "fraction": settled("H3", gross=100_000.5, commission=0, tax=0, net=100_000.5),
    "not a number": settled("H4").replace(b'"gross": 100000', b'"gross": NaN'),
    "infinite": settled("H5").replace(b'"gross": 100000', b'"gross": 1e999'),
    "truth": settled("H6", gross=True),
    "nothing": settled("H7", gross=None),
    "year 1": settled("H8", at="0001-01-01T00:00:00+00:00"),
    "year 9999": settled("H9", at="9999-12-31T23:59:59-12:00"),
    "year 2099": settled("H20", at="2099-01-01T00:00:00+00:00"),
    "no day": settled("H10", at="2026-02-30T00:00:00+00:00"),
    "NUL": settled("H11", transaction="T\0X"),
    "surrogate": settled("H12", transaction="T\ud800X"),
    "long": settled("H13", transaction="T" * 10_000),
    "nested": b"[" * 200_000,
    "digits": b'{"batch": ' + b"9" * 10_000 + b"}",
    "truncated": session("H14", 1_000, 2_000)[:-30],
    "lines missing": b"\n".join(session("H15", 1_000, 2_000).split(b"\n")[:2]),
    "sum": session("H19", *[10**15] * 9_300),
    "gzip": gzip.compress(session("H16", 1_000)),
    "NULs": b"\0" * 5_000,
    "spreadsheet": b"PK\x03\x04" + b"\0" * 500,
    "UTF-16": session("H17", 1_000).decode().encode("utf-16"),
    "statement of a bank": camt(1, 100, (50_000, "FT1")),
}
STATEMENTS: dict[str, bytes] = {
    "to come": camt(1, 100, (50_000, "FT1")).replace(b"2026-11-11", b"2062-11-11"),
    "10^30": banked(">50000<", f">{HUGE}<"),
    "10^18": banked(">50000<", f">{10**18}<"),
    "negative zero": banked(">50000<", ">-0<"),
    "negative": banked(">50000<", ">-50000<"),
    "power": banked(">50000<", ">5e4<"),
    "not a number": banked(">50000<", ">NaN<"),
    "year 1": banked("2026-11-11", "0001-01-01"),
    "year 9999": banked("2026-11-11", "9999-12-31"),
    "year 10000": banked("2026-11-11", "10000-01-01"),
    "NUL": banked("FT1", "F\0T"),
    "named NUL": banked("FT1", "F&#0;T"),
    "long": banked("FT1", "F" * 10_000),
    "nested": b"<Document>" * 50_000,
    "truncated": camt(1, 100, (50_000, "FT1"))[:-90],
    "gzip": gzip.compress(camt(1, 100, (50_000, "FT1"))),
    "settlement": session("H18", 1_000),
}


def test_no_file_stops_the_service_or_leaves_anything(desk: FileDesk) -> None:
    town = desk.town
    for account, files in ((town.account, SETTLEMENTS), (desk.bank, STATEMENTS)):
        for name, content in files.items():
            answer = town["finance"].post(
                desk.path, content=content, params={"account": account}, headers=new_key()
            )
            file = told(answer, 201)
            assert (file["state"], file["verdict"][:1]) == ("quarantined", "F"), name
            assert file["why"] and desk.see(file)["statements"] == [], name


def test_types_and_names_that_lie_change_nothing(desk: FileDesk) -> None:
    """The bytes are what counts: a kind or a name that somebody tells of them is nothing."""
    for number, kind in enumerate(
        ("application/json", "text/csv; charset=utf-16", "image/png", "x/../../etc/passwd")
    ):
        answer = desk.town["finance"].post(
            desk.path, content=session(f"N{number}", 1_000), params={"account": desk.town.account},
            headers={**new_key(), "Content-Type": kind,
                     "Content-Disposition": 'attachment; filename="../../../etc/passwd"'},
        )  # fmt: skip
        assert told(answer, 201)["state"] == "previewed", kind


def test_an_upload_that_is_cut_off_leaves_nothing(desk: FileDesk) -> None:
    content = session("C1", *[1_000] * 500)
    at = urlsplit(desk.town.service.url)
    finance = desk.town["finance"]
    head = (
        f"POST /v1{desk.path}?account={desk.town.account} HTTP/1.1\r\nHost: {at.netloc}\r\n"
        f"Authorization: {finance.headers['Authorization']}\r\nIdempotency-Key: cut-off-1\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((at.hostname, at.port)) as line:
        line.sendall(head.encode() + content[: len(content) // 2])
    assert told(finance.get(desk.path))["items"] == []
    whole = finance.post(
        desk.path, content=content, params={"account": desk.town.account},
        headers={"Idempotency-Key": "cut-off-1"},
    )  # fmt: skip
    assert told(whole, 201)["state"] == "previewed", "the same key is free for the whole file"


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(desk: FileDesk) -> None:
    """500 MB: by what its sender announces at once, else as soon as too much has come."""
    at = urlsplit(desk.town.service.url)
    head = (
        f"POST /v1{desk.path}?account={desk.town.account} HTTP/1.1\r\nHost: {at.netloc}\r\n"
        f"Authorization: {desk.town['finance'].headers['Authorization']}\r\n"
        f"Idempotency-Key: large-1\r\nContent-Length: {500 * 1024 * 1024}\r\n\r\n"
    )
    with socket.create_connection((at.hostname, at.port), timeout=20) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")

    in_pieces = head.replace(
        f"Content-Length: {500 * 1024 * 1024}", "Transfer-Encoding: chunked"
    ).replace("large-1", "large-2")
    piece, sent = b"100000\r\n" + b" " * 1024 * 1024 + b"\r\n", 0
    with socket.create_connection((at.hostname, at.port), timeout=60) as line:
        line.sendall(in_pieces.encode())
        while sent < 500 and not select([line], [], [], 0)[0]:
            line.sendall(piece)
            sent += 1
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    assert 100 <= sent < 150, "MiB, of which buffers hold some"
    assert told(desk.town["finance"].get(desk.path))["items"] == []


def test_a_day_that_is_still_to_come_is_shown_with_its_place(desk: FileDesk) -> None:
    """Nobody would look at the line before that day, whatever became of its money."""
    sent = desk.send(settled("H21", at="2099-01-01T00:00:00+00:00"), desk.town.account)
    assert (sent["state"], sent["verdict"], sent["place"]) == (
        "quarantined",
        "F05",
        "statement 1 line 1",
    )
    assert "a day that is still to come" in sent["why"]
    shown = desk.see(sent, "/bad-line", reason="check")
    assert (shown["place"], shown["text"]) == ("statement 1 line 1", "01/01/2099")
