"""The command line: each module of this package is one command, under its own name.

A module that defines ``command`` (a function, or a ``typer.Typer`` of several) is found by being
here; its docstring is its help. ``rebuild_all.py`` is ``feesvc rebuild-all``. Only the module that
is asked for is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

import typer

EXPECTED = {
    "feesvc.secrets": "Misconfigured",
    "feesvc.embedded": "EmbeddedError",
    "feesvc.store": "StoreUnavailable",
    "feesvc.cli._asking": "CouldNot",
    "psycopg": "OperationalError",
}
"""Trouble outside the program: said in its own words, without a traceback."""


def main() -> None:
    """Run one command. Exit code 0: done; 1: it could not be done; 2: it was not asked properly."""
    app = assembled(sys.argv[1:])
    try:
        app(prog_name="feesvc")
    except Exception as error:
        loaded = {sys.modules[name]: kind for name, kind in EXPECTED.items() if name in sys.modules}
        if not isinstance(error, tuple(getattr(module, kind) for module, kind in loaded.items())):
            raise
        print(f"feesvc: {error}".rstrip(), file=sys.stderr)
        raise SystemExit(1) from None


def assembled(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command named first among the arguments, or all of them for help."""
    app = typer.Typer(
        add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=_WELCOME
    )
    app.callback()(_welcome)
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    names = list(commands())
    for name in [wanted] if wanted in names else names:
        found = getattr(import_module(f"{__name__}.{name.replace('-', '_')}"), "command", None)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        elif found is not None:
            app.command(name)(found)
    return app


def commands() -> Iterator[str]:
    """The names of the modules here that may be commands, as they are typed."""
    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            yield module.name.replace("_", "-")


_WELCOME = "Fees of online public services, from what is owed to the last đồng explained."


def _welcome() -> None:
    """Holds the place of a group: with a single command typer would drop its name."""
