"""What both implementations of ``People`` promise."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from psycopg_pool import AsyncConnectionPool

from feesvc.people import (
    BadPersonalDetail,
    Details,
    People,
    Redacted,
    RefundAccount,
    SearchField,
    SignIn,
    UnknownSubject,
    new_subject,
)
from feesvc.people.details import FIELDS
from feesvc.people.memory import MemoryPeople
from feesvc.people.postgres import PostgresPeople

PAYER = Details(
    name="Nguyễn  Văn Đức",
    identity_number="001 093 012345",
    tax_code="0101234567-001",
    phone="+84 912 345 678",
    email="Duc.Nguyen@Example.VN",
    address="18 Nguyễn Du\nHà Nội",
    refund_account=RefundAccount(bank="970436", number="0011001234567", holder="NGUYEN VAN DUC"),
    note="asked twice by phone",
)
Story = Callable[[People], Awaitable[None]]
Run = Callable[[Story], None]


@pytest.fixture(params=["memory", "postgres"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a story against fresh people."""
    if request.param == "memory":
        return lambda story: asyncio.run(_told(story, MemoryPeople()))
    url = request.getfixturevalue("database").url

    async def against_postgres(story: Story) -> None:
        async with postgres_people(url) as people:
            await story(people)

    return lambda story: asyncio.run(against_postgres(story))


async def _told(story: Story, people: People) -> None:
    await story(people)


@asynccontextmanager
async def postgres_people(url: str) -> AsyncIterator[PostgresPeople]:
    async with AsyncConnectionPool(url, min_size=1, max_size=4, open=False) as pool:
        yield await PostgresPeople.opened(pool, [os.urandom(32)])


def test_what_was_written_is_read(run: Run) -> None:
    async def story(people: People) -> None:
        subject = new_subject()
        await people.write(subject, PAYER)

        assert await people.read(subject, FIELDS, "case 7", "officer:1") == PAYER.checked()
        assert await people.read(subject, ["phone"], "case 7") == Details(phone="+84 912 345 678")
        assert await people.read(subject, [], "case 7") == Details()

    run(story)


def test_what_is_left_out_stays_as_it_was(run: Run) -> None:
    async def story(people: People) -> None:
        subject = new_subject()
        await people.write(subject, PAYER)
        await people.write(subject, Details(name="Trần Đức", phone="0987654321"))
        await people.write(subject, Details(name="Trần Đức", phone="0987654321"))

        kept = await people.read(subject, FIELDS, "check")
        assert kept == PAYER.with_(Details(name="Trần Đức", phone="0987654321")).checked()
        assert await people.find("name", "nguyen van duc") == []
        assert await people.find("phone", "0912345678") == []
        assert await people.find("name", "tran duc") == [subject]
        assert await people.find("tax_code", "0101234567001") == [subject]

    run(story)


def test_a_person_is_found_however_it_is_typed(run: Run) -> None:
    typed: list[tuple[SearchField, str]] = [
        ("name", "nguyễn văn đức"),
        ("name", " NGUYỄN VĂN  ĐỨC "),
        ("name", "Nguye\u0302\u0303n Va\u0306n Đu\u031b\u0301c"),
        ("name", "Nguyen Van Duc"),
        ("identity_number", "001093012345"),
        ("tax_code", "0101234567-001"),
        ("phone", "0912 345 678"),
        ("phone", "(+84) 912.345.678"),
        ("phone", "0084912345678"),
        ("phone", "84912345678"),
        ("email", "duc.nguyen@example.vn"),
    ]

    async def story(people: People) -> None:
        first, second = new_subject(), new_subject()
        await people.write(first, PAYER)
        await people.write(new_subject(), Details(name="Nguyễn Văn An", phone="0911111111"))
        await people.write(second, PAYER)
        for field, value in typed:
            assert await people.find(field, value) == [first, second], (field, value)

    run(story)


def test_accents_that_were_typed_count(run: Run) -> None:
    async def story(people: People) -> None:
        duc, dung = new_subject(), new_subject()
        await people.write(duc, Details(name="Lê Dũng"))
        await people.write(dung, Details(name="Lê Dung"))

        assert await people.find("name", "lê dũng") == [duc]
        assert await people.find("name", "lê dung") == [dung]
        assert await people.find("name", "le dung") == [duc, dung]

    run(story)


def test_a_sign_in_is_one_subject(run: Run) -> None:
    async def story(people: People) -> None:
        subjects = await asyncio.gather(
            *[people.subject_for_sign_in("https://id.example.vn", "an") for _ in range(20)]
        )
        (subject,) = set(subjects)
        assert await people.subject_for_sign_in("https://id.example.vn", "a") != subject
        assert await people.subject_for_sign_in("https://id.example.vna", "n") != subject

        sign_in = SignIn(issuer="https://id.example.vn", sub="an")
        assert await people.read(subject, ["sign_in"], "who") == Details(sign_in=sign_in)
        await people.write(subject, Details(name="Lê An"))
        assert await people.subject_for_sign_in("https://id.example.vn", "an") == subject

    run(story)


def test_a_request_is_told_from_another_by_its_blind_hash(run: Run) -> None:
    async def story(people: People) -> None:
        asked = "tên: Nguyễn Văn Đức".encode()
        assert people.blind(asked) == people.blind(asked)
        assert not set(people.blind(asked)) & set(people.blind(asked + b" "))
        assert all(len(hash) == 32 for hash in people.blind(asked))

    run(story)


def test_erased_is_erased(run: Run) -> None:
    async def story(people: People) -> None:
        signed_in = await people.subject_for_sign_in("issuer", "duc")
        await people.write(signed_in, PAYER)
        await people.erase(signed_in, "asked by the person", "officer:1")
        await people.erase(signed_in, "again")

        left = await people.read(signed_in, FIELDS, "check")
        assert isinstance(left, Redacted) and left.reason == "asked by the person"
        assert await people.find("name", "nguyen van duc") == []
        assert await people.find("email", "duc.nguyen@example.vn") == []
        assert await people.subject_for_sign_in("issuer", "duc") != signed_in
        with pytest.raises(UnknownSubject):
            await people.write(signed_in, PAYER)

    run(story)


def test_an_unknown_subject_is_an_error(run: Run) -> None:
    async def story(people: People) -> None:
        with pytest.raises(UnknownSubject):
            await people.read(new_subject(), FIELDS, "check")
        with pytest.raises(UnknownSubject):
            await people.erase(new_subject(), "check")

    run(story)


def test_a_bad_detail_is_refused_by_name_without_its_value(run: Run) -> None:
    async def story(people: People) -> None:
        for field in set(FIELDS) - {"refund_account", "sign_in"}:
            for bad in ("marker\0", "marker\x1b[2J", "\ud800marker", " ", "marker" * 2000):
                subject, stated = new_subject(), {field: bad}
                with pytest.raises(BadPersonalDetail) as refused:
                    await people.write(subject, replace(Details(), **stated))  # type: ignore[arg-type]
                assert refused.value.field == field
                assert "marker" not in str(refused.value) + repr(refused.value)
                with pytest.raises(UnknownSubject):
                    await people.read(subject, FIELDS, "nothing was kept")

    run(story)


def test_a_bad_refund_account_or_sign_in_is_refused(run: Run) -> None:
    async def story(people: People) -> None:
        account = RefundAccount(bank="970436", number="1\0", holder="x")
        with pytest.raises(BadPersonalDetail, match=r"refund_account\.number"):
            await people.write(new_subject(), Details(refund_account=account))
        with pytest.raises(BadPersonalDetail, match="signing in only"):
            await people.write(new_subject(), Details(sign_in=SignIn(issuer="a", sub="b")))
        with pytest.raises(BadPersonalDetail, match=r"sign_in\.sub"):
            await people.subject_for_sign_in("issuer", "s" * 256)
        with pytest.raises(BadPersonalDetail, match="phone: holds nothing to search by"):
            await people.find("phone", "+")
        with pytest.raises(BadPersonalDetail, match="reason"):
            await people.read(new_subject(), FIELDS, "")

    run(story)


def test_a_document_is_kept_once_and_erased_for_good(run: Run) -> None:
    async def story(people: People) -> None:
        content = b'{"payer": "Nguy\xe1\xbb\x85n"}\0\xff'
        name = await people.keep("notification", content)

        assert name == hashlib.sha256(content).hexdigest()
        assert await people.keep("notification", content) == name
        assert await people.fetch(name) == content
        for unknown in ("0" * 64, "", "a\0b", "../etc"):
            assert await people.fetch(unknown) is None
            await people.erase_document(unknown, "nothing there")

        await people.erase_document(name, "purpose done")
        await people.erase_document(name, "again")
        await people.keep("notification", content)
        left = await people.fetch(name)
        assert isinstance(left, Redacted) and left.reason == "purpose done"

    run(story)


def test_an_agency_finds_only_whom_it_has_to_do_with(run: Run) -> None:
    async def story(people: People) -> None:
        subject, unknown = new_subject(), new_subject()
        await people.write(subject, PAYER)
        assert await people.find("phone", "0912345678", "G14") == []
        for _ in range(2):
            await people.introduce(subject, ["G14", "H26"])
        await people.introduce(unknown, ["G14"])
        assert await people.find("phone", "0912345678", "G14") == [subject]
        assert await people.find("phone", "0912345678", "G15") == []
        assert await people.concerns(subject, ["G15", "H26"])
        assert not await people.concerns(subject, ["G15"])
        assert not await people.concerns(unknown, ["G14"])

    run(story)
