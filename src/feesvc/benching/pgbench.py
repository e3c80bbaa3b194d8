"""pgbench: the database's own measure of itself, without any of our code."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.resources import as_file, files

from psycopg.conninfo import conninfo_to_dict

from feesvc.embedded.binaries import programs

_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def inserts_per_second(url: str, clients: int, seconds: int, size: int) -> float:
    """Rows per second that so many clients insert and commit one by one, ``size`` bytes each.

    Commits of many clients share their writes to disk: what group commit gives by itself.
    """
    where = conninfo_to_dict(url)
    with as_file(files(__package__).joinpath("sql", "plain_insert.sql")) as script:
        command = [
            str(programs(os.geteuid()) / "pgbench"), "--no-vacuum", "--protocol=prepared",
            f"--client={clients}", "--jobs=2", f"--time={seconds}", f"--define=size={size}",
            f"--file={script}", f"--host={where['host']}", f"--port={where.get('port', 5432)}",
            f"--username={where['user']}", str(where["dbname"]),
        ]  # fmt: skip
        told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = _RATE.search(told)
    assert found is not None, told
    return float(found[1])
