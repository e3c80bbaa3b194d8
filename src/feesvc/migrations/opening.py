"""The default log, opened once: its first event keeps the namespace of every id."""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection

from feesvc.store.opening import opening
from feesvc.store.packing import append_arguments, pack
from feesvc.store.statements import statement

LOG = "feesvc"


def open_default_log(db: Connection, at: datetime) -> None:
    """Create the log ``feesvc`` and record ``log.opened`` at ``at``, unless it is there already."""
    with db.transaction():
        row = db.execute("SELECT feesvc.create_log(%s)", [LOG]).fetchone()
        namespace = row[0] if row else None
        if namespace is not None:
            db.execute(statement("append"), append_arguments(LOG, [pack(opening(namespace, at))]))
