"""The SQL files beside this module, and rows written by COPY."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from feesvc.projecting import Db

_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@cache
def statement(name: str) -> bytes:
    """The text of ``sql/<name>.sql``."""
    return files(__package__).joinpath("sql", f"{name}.sql").read_bytes()


def copy_rows(db: Db, name: str, rows: Iterable[Iterable[object]]) -> None:
    """Write rows with the COPY of ``sql/<name>.sql``."""
    copy_lines(db, name, (line_of(row) for row in rows))


def copy_lines(db: Db, name: str, lines: Iterable[str]) -> None:
    """As ``copy_rows``, of rows made by ``line_of``.

    All in one text: twice as fast as a call of the driver for each row.
    """
    text = "\n".join(lines)
    if text:
        with db.copy(statement(name)) as copy:
            copy.write(text.encode() + b"\n")


def line_of(row: Iterable[object]) -> str:
    """A row in the text format of COPY."""
    return "\t".join(
        [
            field.translate(_ESCAPED)
            if isinstance(field, str)
            else str(field)
            if field is not None
            else r"\N"
            for field in row
        ]
    )
