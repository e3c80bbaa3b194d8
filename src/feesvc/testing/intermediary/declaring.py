"""The contract of what an adapter says of itself, and of what it must never show or read."""

from __future__ import annotations

import ast
import importlib.util
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feesvc.intermediary import (
    BankTransfers,
    BillInquiry,
    Cancellations,
    Forged,
    Intermediary,
    Notification,
    Refunds,
    Refused,
    SettlementFiles,
    Unavailable,
)
from feesvc.testing.intermediary.banking import BankTransferContract
from feesvc.testing.intermediary.inquiring import BillInquiryContract
from feesvc.testing.intermediary.paying import CancellationContract
from feesvc.testing.intermediary.refunding import RefundContract
from feesvc.testing.intermediary.settling import SettlementContract
from feesvc.testing.intermediary.stage import NOON, SAMPLED, Stage
from feesvc.testing.intermediary.wires import TROUBLES

ABILITIES = {
    Refunds: RefundContract,
    Cancellations: CancellationContract,
    SettlementFiles: SettlementContract,
    BankTransfers: BankTransferContract,
    BillInquiry: BillInquiryContract,
}
READS_THE_WORLD = re.compile(
    r"\.(now|today|utcnow)\(|\btime\.(time|time_ns|monotonic|sleep)\(|\benviron\b|\bgetenv\b"
    r"|\b(random|secrets)\.|\buuid[14]\(|\burandom\b|\bopen\("
)

epochs = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=6, max_size=6)
moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))


class DeclarationContract(Stage):
    def test_its_facts_can_be_shown_to_a_portal(self) -> None:
        facts = self.adapter_class.facts
        assert facts.name_vi.strip() and facts.name_en.strip()
        assert facts.currencies
        for currency, limits in facts.currencies.items():
            assert re.fullmatch("[A-Z]{3}", currency)
            assert 0 < limits.minimum <= limits.maximum

    def test_its_settings_can_be_configured(self) -> None:
        declared = self.adapter_class.settings
        names = [setting.name for setting in declared]
        assert len(set(names)) == len(names)
        for setting in declared:
            assert re.fullmatch("[a-z][a-z0-9_]*", setting.name), setting.name
            assert not setting.name.endswith("_previous"), "the overlap of a rotation is implied"
            assert not (setting.secret and setting.default), f"{setting.name}: a secret by default"
            assert not (setting.required and setting.default), f"{setting.name}: never missing"
        known = {*names, *(f"{s.name}_previous" for s in declared if s.secret)}
        assert set(self.settings()) <= known

    def test_a_missing_setting_is_named(self) -> None:
        for setting in self.adapter_class.settings:
            if setting.required:
                without = {k: v for k, v in self.settings().items() if k != setting.name}
                with pytest.raises(Exception, match=re.escape(setting.name)):
                    self.connect(without)

    def test_it_inherits_the_contract_of_everything_it_can_do(self) -> None:
        for ability, contract in ABILITIES.items():
            assert isinstance(self.adapter, ability) == isinstance(self, contract), contract

    @given(epochs, st.data(), moments)
    @SAMPLED
    def test_a_reference_is_pure_and_fits_the_wire(
        self, epoch: str, data: st.DataObject, at: datetime
    ) -> None:
        number = data.draw(self._numbers())
        reference = self.adapter.reference_for(epoch, number, at)
        again = self.connect(self.settings()).reference_for(epoch, number, at)
        assert reference == again
        assert re.fullmatch(self.wire_reference, reference), reference

    @given(st.data(), moments)
    @SAMPLED
    def test_no_two_orders_share_a_reference(self, data: st.DataObject, at: datetime) -> None:
        pairs = st.tuples(epochs, self._numbers())
        orders = data.draw(st.lists(pairs, min_size=2, max_size=20, unique=True))
        made = {self.adapter.reference_for(epoch, n, at) for epoch, n in orders}
        assert len(made) == len(orders)

    def test_neighbouring_orders_do_not_share_a_reference(self) -> None:
        numbers = {*range(1, 300), 2**31, self.largest_number - 1, self.largest_number}
        made = {
            self.adapter.reference_for(epoch, number, NOON)
            for epoch in ("aaaaaa", "aaaaa1", "1aaaaa", "000000")
            for number in numbers
        }
        assert len(made) == 4 * len(numbers)

    def test_it_shows_no_secret(self) -> None:
        shown = [repr(self.adapter), str(self.adapter)]
        order = self.order()
        for spoil in TROUBLES.values():
            with self.wire.spoiled(spoil):
                shown += _told(lambda: self.adapter.request_payment(order))
                shown += _told(lambda: self.look_up(order))
        for notification in self._strange_notifications():
            shown += _told(partial(self.adapter.read_notification, notification))
        for secret in self.secrets():
            assert not any(secret in text for text in shown)

    def test_it_reads_no_clock_no_chance_and_no_environment(self) -> None:
        for path in _modules_of(self.adapter_class).values():
            assert READS_THE_WORLD.findall(_code(path)) == [], path.name

    def test_it_stands_without_its_counterpart(self) -> None:
        assert self.counterpart_class.__module__ not in _modules_of(self.adapter_class)

    def _numbers(self) -> st.SearchStrategy[int]:
        return st.integers(min_value=1, max_value=self.largest_number)

    def _strange_notifications(self) -> Iterator[Notification]:
        self.paid(self.order(2))
        for notification in self.notified():
            yield replace(notification, body=b"", query=b"")
            yield replace(notification, headers={})
            yield replace(notification, body=notification.body + b" ", query=b"x=1")


def _told(call: Callable[[], object]) -> list[str]:
    """Everything that a failing call tells, causes and all."""
    try:
        call()
    except (Unavailable, Refused, Forged) as told:
        return ["".join(traceback.format_exception(told)), repr(told), repr(told.args)]
    return []


def _modules_of(adapter_class: type[Intermediary]) -> dict[str, Path]:
    """The files of the adapter's module and of what it uses of its own package."""
    package = adapter_class.__module__.partition(".")[0]
    found: dict[str, Path] = {}
    waiting = [adapter_class.__module__]
    while waiting:
        name = waiting.pop()
        origin = _origin(name)
        if name in found or origin is None:
            continue
        found[name] = origin
        for node in ast.walk(ast.parse(found[name].read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            waiting += [name for name in names if name.partition(".")[0] == package]
    return found


def _origin(name: str) -> Path | None:
    """The file of a module; None where the name is of something inside one."""
    with suppress(ModuleNotFoundError):
        spec = importlib.util.find_spec(name)
        return Path(spec.origin) if spec and spec.origin else None
    return None


def _code(path: Path) -> str:
    """The statements of a file without comments and docstrings, as they would be printed."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
