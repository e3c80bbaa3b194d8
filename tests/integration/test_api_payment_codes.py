"""A payment's QR code over HTTP: the picture says what the payment says, to whom may see it."""

from __future__ import annotations

from typing import Literal
from xml.etree import ElementTree as ET

from feesvc.api.payment_codes import drawn
from feesvc.testing.service import RunningService
from feesvc.testing.town import Town, found_town, told


def test_the_picture_is_of_the_code_that_the_payment_tells(service: RunningService) -> None:
    town = found_town(service, "vietqr")
    payment = town.payment(town.assessment("CHARGE")["id"])
    assert payment["qr"].startswith("000201010212") and payment["url"] == ""
    assert payment["reference"] in payment["qr"]
    kinds: tuple[tuple[Literal["svg", "png"], str], ...] = (
        ("svg", "image/svg+xml"), ("png", "image/png"),
    )  # fmt: skip
    for kind, media_type in kinds:
        path = f"/payments/{payment['id']}/qr.{kind}"
        for client in (town.portal, town["finance"], town["auditor"]):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
            assert answer.content == drawn(payment["qr"], kind)
        same = town.portal.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert "private" in answer.headers["Cache-Control"]
    assert ET.fromstring(town.portal.get(f"/payments/{payment['id']}/qr.svg").content)


def test_strangers_see_no_code(service: RunningService) -> None:
    town = found_town(service, "vietqr")
    payment = town.payment(town.assessment("CHARGE")["id"])
    other = found_town(service, "sandbox", agency="H01", portal="OTHER")
    for kind in ("svg", "png"):
        path = f"/payments/{payment['id']}/qr.{kind}"
        missing = told(other.portal.get(path), 404)
        assert missing["type"] == "/problems/unknown"
        assert missing == told(other["finance"].get(path), 404)
        unknown = path.replace(payment["id"], other.account)
        assert missing == told(town.portal.get(unknown), 404)
        assert service.client().get(path).status_code == 401


def test_a_payment_on_a_page_has_no_code(town: Town) -> None:
    payment = town.payment(town.assessment("CHARGE")["id"])
    assert payment["qr"] == ""
    for kind in ("svg", "png"):
        answer = town.portal.get(f"/payments/{payment['id']}/qr.{kind}")
        assert told(answer, 404)["type"] == "/problems/payment-without-code"
        assert answer.headers["content-type"] == "application/problem+json"
