"""The contract of payment intermediaries: test classes that an adapter's tests inherit.

    class TestMine(IntermediaryContract, RefundContract):
        adapter_class = Mine
        counterpart_class = MineCounterpart
        wire_reference = r"[0-9A-Za-z]{1,40}"

An adapter that has no callback, or nothing to ask, inherits the smaller classes it can keep.
"""

from __future__ import annotations

import pytest

_PARTS = (
    "stage", "wires", "declaring", "paying", "notifying", "trouble", "refunding", "settling",
    "tabling", "banking", "hinting", "inquiring",
)  # fmt: skip
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))

from feesvc.testing.intermediary.banking import (  # noqa: E402
    BankTransferContract,
    NoCallbackContract,
)
from feesvc.testing.intermediary.declaring import DeclarationContract  # noqa: E402
from feesvc.testing.intermediary.hinting import HintContract  # noqa: E402
from feesvc.testing.intermediary.inquiring import BillInquiryContract  # noqa: E402
from feesvc.testing.intermediary.notifying import NotificationContract  # noqa: E402
from feesvc.testing.intermediary.paying import (  # noqa: E402
    CancellationContract,
    CheckoutContract,
    LookUpContract,
    PaymentContract,
)
from feesvc.testing.intermediary.refunding import RefundContract  # noqa: E402
from feesvc.testing.intermediary.settling import SettlementContract  # noqa: E402
from feesvc.testing.intermediary.stage import NOON, Stage, TestClock  # noqa: E402
from feesvc.testing.intermediary.tabling import SettlementTableContract  # noqa: E402
from feesvc.testing.intermediary.trouble import (  # noqa: E402
    CheckoutTroubleContract,
    LookUpTroubleContract,
    TroubleContract,
)
from feesvc.testing.intermediary.wires import Wire  # noqa: E402

__all__ = [
    "NOON",
    "BankTransferContract",
    "BillInquiryContract",
    "CancellationContract",
    "CheckoutContract",
    "CheckoutTroubleContract",
    "DeclarationContract",
    "HintContract",
    "IntermediaryContract",
    "LookUpContract",
    "LookUpTroubleContract",
    "NoCallbackContract",
    "NotificationContract",
    "PaymentContract",
    "RefundContract",
    "SettlementContract",
    "SettlementTableContract",
    "Stage",
    "TestClock",
    "TroubleContract",
    "Wire",
]


class IntermediaryContract(
    DeclarationContract, PaymentContract, NotificationContract, TroubleContract
):
    """What an intermediary with a page, a callback and a look-up must keep."""
