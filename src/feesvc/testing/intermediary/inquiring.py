"""The contract of bill inquiries: who may ask, what is told, and that nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feesvc.intermediary import BillInquiry, Forged, NoBill, Notification
from feesvc.testing.intermediary.stage import Stage

DOSSIER = "000.00.01.G14-261120-0001"
NO_BILLS: tuple[NoBill, ...] = ("nothing_owed", "unknown_dossier")


class BillInquiryContract(Stage):
    def inquiry(self, dossier: str) -> Notification:
        """What the channel asks of a dossier."""
        raise NotImplementedError

    def test_an_inquiry_names_its_dossier(self) -> None:
        assert self._asked().read_inquiry(self.inquiry(DOSSIER)) == DOSSIER

    def test_a_bill_is_told_with_its_reference_and_its_amount(self) -> None:
        bill = self.order()
        reply = self._asked().answer_inquiry(self.inquiry(DOSSIER), bill)
        assert 200 <= reply.status < 300
        assert bill.reference.encode() in reply.body
        assert str(bill.amount.amount).encode() in reply.body

    def test_the_same_bill_is_told_the_same(self) -> None:
        bill = self.order()
        first = self._asked().answer_inquiry(self.inquiry(DOSSIER), bill)
        self.clock.now = bill.expires_at
        later = replace(bill, asked_at=self.clock())
        assert self._asked().answer_inquiry(self.inquiry(DOSSIER), later) == first

    def test_a_bill_and_no_bill_are_told_apart(self) -> None:
        asked = self.inquiry(DOSSIER)
        told = [self._asked().answer_inquiry(asked, self.order())]
        told += [self._asked().answer_inquiry(asked, none) for none in NO_BILLS]
        assert len({reply.body for reply in told}) == 3

    def test_a_stranger_is_told_nothing(self) -> None:
        genuine = self.inquiry(DOSSIER)
        strangers = [
            replace(genuine, headers={}),
            replace(genuine, body=b""),
            replace(genuine, body=b"[]"),
            replace(genuine, body=b"\xff"),
            replace(genuine, body=genuine.body[:-1]),
            replace(genuine, method="GET"),
        ]
        for stranger in strangers:
            with pytest.raises(Forged):
                self._asked().read_inquiry(stranger)

    def test_a_question_under_a_retired_key_is_not_heard(self) -> None:
        genuine = self.inquiry(DOSSIER)
        overlapping = self.connect(self.rotated(keep_previous=True))
        retired = self.connect(self.rotated(keep_previous=False))
        assert isinstance(overlapping, BillInquiry) and isinstance(retired, BillInquiry)
        assert overlapping.read_inquiry(genuine) == DOSSIER
        with pytest.raises(Forged):
            retired.read_inquiry(genuine)

    def test_no_answer_shows_a_secret(self) -> None:
        asked = self.inquiry(DOSSIER)
        for bill in (self.order(), *NO_BILLS):
            body = self._asked().answer_inquiry(asked, bill).body
            assert not any(secret.encode() in body for secret in self.secrets())

    def _asked(self) -> BillInquiry:
        assert isinstance(self.adapter, BillInquiry)
        return self.adapter
