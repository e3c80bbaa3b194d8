"""ZaloPay's macs against the provider's published sample, by both sides' own code.

``zalopay_vectors.json`` names the source. ZaloPay publishes no worked mac of a request, so those
are held against strings written out by hand from its documents, and computed here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from feesvc.intermediary import Forged, Notification, Received
from feesvc.money import Money
from feesvc.testing.intermediary import NOON, Stage
from feesvc_zalopay import ZaloPay
from feesvc_zalopay.counterpart import ZaloPayCounterpart
from feesvc_zalopay.counterpart.wire import mac
from feesvc_zalopay.signing import sign

[SAMPLE] = json.loads((Path(__file__).parent / "zalopay_vectors.json").read_text())["vectors"]


def callback(data: str) -> Notification:
    body = json.dumps({"data": data, "mac": SAMPLE["expected"], "type": 1}).encode()
    return Notification(method="POST", query=b"", headers={}, body=body, received_at=NOON)


class TestPublishedCallback(Stage):
    adapter_class = ZaloPay
    counterpart_class = ZaloPayCounterpart

    def test_the_other_side_signs_as_published(self) -> None:
        assert mac(SAMPLE["secret"], SAMPLE["canonical"]) == SAMPLE["expected"]

    def test_it_is_read(self) -> None:
        [received] = self.adapter.read_notification(callback(SAMPLE["canonical"]))
        assert isinstance(received, Received)
        assert received.reference == "200904_2553_1598435687208"
        assert received.transaction == "200904000000389"
        assert received.amount == Money(10_000, "VND")
        assert received.at.isoformat() == "2020-09-04T03:16:53.498000+00:00"

    def test_written_anew_it_is_forged(self) -> None:
        content = json.loads(SAMPLE["canonical"])
        assert json.dumps(content, separators=(",", ":")) == SAMPLE["canonical"]
        for other in (
            json.dumps(content), json.dumps(content, sort_keys=True, separators=(",", ":")),
            SAMPLE["canonical"] + " ", "\ufeff" + SAMPLE["canonical"],
        ):  # fmt: skip
            with pytest.raises(Forged):
                self.adapter.read_notification(callback(other))


def test_a_request_is_signed_over_its_values_and_bars() -> None:
    text = b"2553|261120_x_1|feesvc|115000|1763614800000|{}|[]"
    expected = hmac.new(b"key", text, hashlib.sha256).hexdigest()
    signed = sign("key", 2553, "261120_x_1", "feesvc", 115_000, 1_763_614_800_000, "{}", "[]")
    assert signed == expected == mac("key", text.decode())
