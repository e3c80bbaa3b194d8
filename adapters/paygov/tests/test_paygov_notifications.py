"""PayGov's notifications: PayGov itself is asked whether they are its own, then they are hints."""

from __future__ import annotations

import json

import pytest

from feesvc.intermediary import Forged, Notification, Unavailable, Verdict
from feesvc.testing.intermediary import Stage
from feesvc.testing.intermediary.wires import answering
from feesvc_paygov import PayGov
from feesvc_paygov.counterpart import TOKEN, PayGovCounterpart


class PayGovStage(Stage):
    adapter_class = PayGov
    counterpart_class = PayGovCounterpart
    wire_reference = r"pg[0-9a-z]{6}[0-9]{1,15}"

    def told(self, **changes: str) -> PayGov:
        return PayGov({**self.settings(), **changes}, self.http)


class TestNotification(PayGovStage):
    def test_its_checksum_is_checked_by_paygov_itself(self) -> None:
        genuine = self.paid_notification()
        self.adapter.read_notification(genuine)
        asked = self.wire.requests[-1]
        assert asked.url.path.endswith("/CheckSumUrlReturn")
        assert json.loads(asked.content) == json.loads(genuine.body)

    @pytest.mark.parametrize(
        "answer",
        [{"error_code": "FAILED"}, {"error_code": "successful"}, {"error_code": "SUCCESSFUL "}],
    )
    def test_any_other_word_is_a_forgery(self, answer: object) -> None:
        genuine = self.paid_notification()
        fixed = self.told(token=TOKEN)
        with (
            self.wire.spoiled(answering(200, json.dumps(answer).encode())),
            pytest.raises(Forged),
        ):
            fixed.read_notification(genuine)

    @pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"error_code":1}'])
    def test_without_an_answer_nothing_is_said_of_it(self, answer: bytes) -> None:
        genuine = self.paid_notification()
        fixed = self.told(token=TOKEN)
        with self.wire.spoiled(answering(200, answer)), pytest.raises(Unavailable):
            fixed.read_notification(genuine)

    @pytest.mark.parametrize(
        "body",
        [b'{"requestCode":1}', b'{"requestCode":""}', b'{"requestCode":"a","x":[1]}', b"[]"],
    )
    def test_what_names_no_order_is_not_even_asked_about(self, body: bytes) -> None:
        asked = len(self.wire.requests)
        for method in ("POST", "GET"):
            with pytest.raises(Forged):
                self.adapter.read_notification(self._message(method, body))
        assert len(self.wire.requests) == asked

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_it_is_answered_in_paygovs_words(self, verdict: Verdict) -> None:
        reply = self.adapter.acknowledge(self._message("POST", b"{}"), verdict)
        good = verdict in {Verdict.RECORDED, Verdict.DUPLICATE, Verdict.NOTHING}
        assert json.loads(reply.body)["error_code"] == ("SUCCESSFUL" if good else "FAILED")
        assert reply.status == 200

    def _message(self, method: str, body: bytes) -> Notification:
        return Notification(
            method=method, query=b"", headers={}, body=body, received_at=self.clock()
        )
