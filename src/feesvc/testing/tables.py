"""Settlement tables read by a profile as the service does, for the tests of a slice's profiles.

[batch] = read_settled(Mine.settlement_profiles["daily"], document, {"merchant": "M1"})
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from feesvc import plugins
from feesvc.statement import TableFormat
from feesvc.statement.profile import SettlementProfile
from feesvc.statement.profile_text import read_profile
from feesvc.statement.settled import SettledBatch, SettledTable


def read_settled(
    profile: str, document: bytes, settings: Mapping[str, str]
) -> list[SettledBatch]:  # fmt: skip
    """``settings`` are those of the merchant account. Raises ``BadProfile``, ``Unreadable``."""
    read = read_profile(profile)
    assert isinstance(read, SettlementProfile)
    format_class = plugins.statement_formats()[read.format]
    table = format_class(read.options)  # type: ignore[call-arg]
    assert isinstance(table, TableFormat)
    return SettledTable(read, table.rows(BytesIO(document)), settings).batches()


def some_profile() -> str:
    """A settlement profile that may be proposed, of whichever format of tables is installed."""
    formats = plugins.statement_formats()
    tables = [name for name, kind in formats.items() if hasattr(kind, "rows")]
    return f"""
use = "settlement"
name = "daily"
title = "Daily"
format = "{min(tables)}"
currency = "VND"
[columns]
batch = "Batch"
kind = "Type"
gross = "Amount"
occurred_at = ["Date", "Time"]
[kinds]
Purchase = "payment"
[[footers]]
marker = "Total"
gross = "Amount"
"""
