"""Papers of a projection: one table told as CSV, as XLSX, or in another form of its own.

A route builds a ``Table`` whose rows are read as they are written, so that no length is too much.
"""

from __future__ import annotations

from feesvc.projecting.exporting.answering import (
    Form,
    Paper,
    Wanted,
    answer_as,
    documented,
)
from feesvc.projecting.exporting.listing import add_listing
from feesvc.projecting.exporting.tables import ZONE, Cell, Column, Table, amounts

__all__ = [
    "ZONE",
    "Cell",
    "Column",
    "Form",
    "Paper",
    "Table",
    "Wanted",
    "add_listing",
    "amounts",
    "answer_as",
    "documented",
]
