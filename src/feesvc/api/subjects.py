"""Subjects over HTTP: whom a request concerns, written down before anything refers to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from feesvc.api.callers import NOT_ALLOWED, NOT_FOUND, Caller, caller_of
from feesvc.api.telling import shown
from feesvc.api.wire import AgencyCode, PersonBody, Reason, View
from feesvc.application.house import Act, Done, House
from feesvc.people import Redacted, SearchField, UnknownSubject
from feesvc.people.details import FIELDS

router = APIRouter(tags=["subjects"])
Who = Annotated[Caller, Depends(caller_of)]


class PersonView(View):
    """Personal details, for an officer with a reason. Reading them is put on record."""

    subject: UUID
    erased: bool = False
    name: str | None = None
    identity_number: str | None = None
    tax_code: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    note: str | None = None
    refund_account: dict[str, str] | None = None


class FoundView(View):
    subjects: list[UUID]


async def subject_of(
    who: Caller, act: Act, agencies: Collection[str], known: UUID | None, person: PersonBody | None
) -> UUID | None:
    """The subject a request concerns; what it says of them is kept before the append.

    A known one must have to do with one of these ``agencies``, which are the caller's; a portal
    changes nothing of what is known. One who is described and not named gets a subject that
    follows from the command and its body: a repeated request makes no second one, and a key that
    comes again with another body, which is refused here, changes nobody.
    """
    people = who.house.people
    if known is not None and not await people.concerns(known, agencies):
        raise NOT_FOUND
    if known is not None and person is not None and who.portal is not None:
        raise NOT_ALLOWED
    subject = known
    if person is not None:
        told: Done[object] | None = await who.house.before(act)
        subject = known or _subject_from(who.house, act)
        if told is None:
            await people.write(subject, person.details())
    if subject is not None:
        await people.introduce(subject, agencies)
    return subject


def _subject_from(house: House, act: Act) -> UUID:
    asked = act.fingerprints[0].hex() if act.fingerprints else ""
    return house.store.ids.of("subject", str(act.id), asked)


@router.get("/agencies/{agency}/subjects/{subject}", response_model=PersonView)
async def read(
    request: Request, agency: AgencyCode, subject: UUID, reason: Annotated[Reason, Query()],
    who: Who,
) -> Response:  # fmt: skip
    """Who a subject is. ``reason`` is the code of the work at hand; the read is put on record."""
    await who.require(agency, roles=("clerk", "finance", "approver"))
    if not await who.house.people.concerns(subject, [agency]):
        raise NOT_FOUND
    try:
        found = await who.house.people.read(subject, FIELDS, reason, who.principal)
    except UnknownSubject:
        raise NOT_FOUND from None
    if isinstance(found, Redacted):
        return shown(request, PersonView(subject=subject, erased=True))
    account = found.refund_account
    said = PersonView(
        subject=subject, name=found.name, identity_number=found.identity_number,
        tax_code=found.tax_code, phone=found.phone, email=found.email, address=found.address,
        note=found.note,
        refund_account=(
            {"bank": account.bank, "number": account.number, "holder": account.holder}
            if account
            else None
        ),
    )  # fmt: skip
    return shown(request, said)


@router.post("/agencies/{agency}/subjects/search", response_model=FoundView)
async def search(agency: AgencyCode, body: PersonBody, who: Who, request: Request) -> Response:
    """The agency's subjects that one detail names, through keyed hashes; never asked in a URL."""
    await who.require(agency, roles=("clerk", "finance", "approver"))
    given = [(field, value) for field, value in body.details().given()]
    fields = get_args(SearchField)
    if len(given) != 1 or given[0][0] not in fields or not isinstance(given[0][1], str):
        raise NOT_ALLOWED
    field, value = given[0]
    found = await who.house.people.find(field, value, agency)  # type: ignore[arg-type]
    return shown(request, FoundView(subjects=found))
