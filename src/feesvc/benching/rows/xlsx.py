"""xlsx: a settlement of 100,000 rows in a spreadsheet, read into settlement lines by a profile.

The other one is python-calamine alone, reading every row of the same file and keeping none.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from feesvc import plugins
from feesvc.benching.figures import Figure, Unequal, interleaved
from feesvc.benching.stage import Stage
from feesvc.statement import TableFormat
from feesvc.statement.profile import SettlementColumns, SettlementProfile
from feesvc.statement.settled import SettledTable

ROWS = 100_000
HEADINGS = (
    "Batch", "Line", "Type", "Transaction", "Reference", "Amount", "Fee", "Tax", "Time",
)  # fmt: skip
PROFILE = SettlementProfile(
    name="benchmark", title="Benchmark", format="", currency="VND",
    kinds={"Purchase": "payment"},
    columns=SettlementColumns(
        batch="Batch", native_id="Line", kind="Type", transaction="Transaction",
        reference="Reference", gross="Amount", commission="Fee", tax="Tax", occurred_at="Time",
    ),
)  # fmt: skip


def measure(stage: Stage) -> Sequence[Figure]:
    count = stage.sized(ROWS, 100)
    kind = _spreadsheets()
    with TemporaryDirectory(prefix="feesvc-bench-") as folder:
        path = Path(folder) / "settlement.xlsx"
        stage.say(f"writing {count:,} rows")
        net = _plant(path, count)
        times = interleaved(
            stage.rounds, lambda: _ours(kind, path, count, net), lambda: _bare(path, count)
        )
    return (
        Figure(
            name="xlsx", ours=times[0], other=times[1], unit="s", bar=2, ceiling=True,
            against="python-calamine reading every row of the same file",
        ),
    )  # fmt: skip


def _spreadsheets() -> type[TableFormat]:
    for kind in plugins.statement_formats().values():
        if any(option.name == "sheet" for option in getattr(kind, "options", ())):
            return cast("type[TableFormat]", kind)
    raise plugins.NotInstalled("no format that reads spreadsheets is installed")


def _plant(path: Path, count: int) -> int:
    """Each row of its own moment within a month; gives what all of them pay out."""
    workbook: Any = import_module("xlsxwriter").Workbook(str(path), {"constant_memory": True})
    sheet, net = workbook.add_worksheet(), 0
    sheet.write_row(0, 0, HEADINGS)
    for n in range(count):
        amount = 50_000 + n % 997 * 1000
        fee, tax = amount // 100, amount // 1000
        second = n * 28 * 86_400 // count
        moment = (
            f"{1 + second // 86_400:02d}/11/2026 "
            f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        )
        sheet.write_row(n + 1, 0, (
            "B1", f"L{n:09d}", "Purchase", f"T{n:012d}", f"FV{n * 7919:014d}", amount, fee, tax,
            moment,
        ))  # fmt: skip
        net += amount - fee - tax
    workbook.close()
    return net


def _ours(kind: type[TableFormat], path: Path, count: int, net: int) -> float:
    began = time.perf_counter()
    with path.open("rb") as document:
        [batch] = SettledTable(PROFILE, kind({}).rows(document), {}).batches()
    took = time.perf_counter() - began
    if len(batch.lines) != count or batch.sum_of("net") != net:
        raise Unequal(f"{len(batch.lines)} lines of {batch.sum_of('net')}, planted {count}, {net}")
    return took


def _bare(path: Path, count: int) -> float:
    reader = import_module("python_calamine")
    began = time.perf_counter()
    with path.open("rb") as document:
        sheet = reader.load_workbook(document).get_sheet_by_index(0)
        rows = sum(1 for _ in sheet.iter_rows())
    took = time.perf_counter() - began
    if rows != count + 1:
        raise Unequal(f"{rows} rows, planted {count + 1}")
    return took
