"""The rules of the house, held against every file, and each rule against a file that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feesvc.testing import tidy
from feesvc.testing.tidy import Source

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "adapters", "projections", "tests")
Rule = Callable[[Source], Iterator[str]]


def read(*suffixes: str) -> list[Source]:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for path in sorted(paths)
        if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts
    ]


PYTHON = read(".py")
SQL = read(".sql")
PROSE = read(".md", ".toml", ".yml", ".html")
CORE = [source for source in PYTHON + SQL if source.path.startswith("src/")]
DOMAIN = [source for source in PYTHON if source.path.startswith("src/feesvc/domain/")]
SLICES = sorted(
    path for folder in ("adapters", "projections") for path in (ROOT / folder).iterdir()
    if path.is_dir() and any(file.suffix == ".py" for file in path.rglob("*"))
)  # fmt: skip


def within(folder: str, part: str) -> list[Source]:
    return [s for s in PYTHON if s.path.startswith(f"{folder}/") and s.path.split("/")[2] == part]


def package(source: Source) -> str:
    return f"feesvc_{source.path.split('/')[1]}"


def hold(sources: list[Source], rule: Rule) -> None:
    faults = [f"{source.path}: {fault}" for source in sources for fault in rule(source)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("sources", "rule"),
    [
        (PYTHON + SQL, tidy.opens_with_a_sentence),
        (PYTHON + SQL, tidy.is_short),
        (PYTHON + SQL + PROSE, tidy.is_finished),
        (PYTHON, tidy.names_say_something),
        (PYTHON, tidy.skips_for_a_reason),
        (PYTHON, tidy.sql_is_static),
        (DOMAIN, tidy.domain_is_pure),
        (PYTHON, tidy.mutators_only_record),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_every_file_is_in_order(sources: list[Source], rule: Rule) -> None:
    hold(sources, rule)


def test_money_knows_no_float() -> None:
    money = [source for source in PYTHON if source.path == "src/feesvc/money.py"]
    assert money
    hold(money, tidy.no_float)


WORDS_OF_THE_FIELD = {"open_items", "remittances"}
"""Slices that are called as the field calls things, so that the core says these words of its own:
held by each way in which it could reach the slice, where any other name may not stand at all."""


def test_the_core_names_no_slice() -> None:
    named = {path.name for path in SLICES}
    assert named >= WORDS_OF_THE_FIELD
    hold(CORE, lambda source: tidy.names_none_of(source, *named - WORDS_OF_THE_FIELD))
    hold(CORE, lambda source: tidy.reaches_none_of(source, *WORDS_OF_THE_FIELD))


def test_an_adapter_sees_its_port_and_money() -> None:
    """Its counterpart, which plays the other side, stands on the kit of ``feesvc.testing``."""

    def rule(source: Source) -> Iterator[str]:
        kit = ["feesvc.testing"] if "counterpart" in source.path else []
        port = ["feesvc.intermediary", "feesvc.statement", "feesvc.money"]
        return tidy.sees_only(source, package(source), *port, *kit)

    hold(within("adapters", "src"), rule)


def test_a_projection_sees_events_and_money() -> None:
    def rule(source: Source) -> Iterator[str]:
        port = ["feesvc.projecting", "feesvc.domain", "feesvc.money"]
        return tidy.sees_only(source, package(source), *port)

    hold(within("projections", "src"), rule)


def test_no_slice_sees_another_not_even_in_its_tests() -> None:
    def rule(source: Source) -> Iterator[str]:
        return tidy.sees_only(source, package(source), "feesvc")

    slices = [s for s in PYTHON if s.path.startswith(("adapters/", "projections/"))]
    hold(slices, rule)


@pytest.mark.parametrize("slice_", SLICES, ids=lambda path: path.name)
def test_a_slice_is_whole(slice_: Path) -> None:
    for needed in ("pyproject.toml", "README.md", f"src/feesvc_{slice_.name}/py.typed"):
        assert (slice_ / needed).is_file(), needed
    assert list(slice_.glob("tests/test_*.py")), "tests"


def test_the_suite_can_see_what_it_checks() -> None:
    assert CORE
    assert DOMAIN
    assert SQL


OPENING = '"""A file."""\n'


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (tidy.opens_with_a_sentence, "import ast\n"),
        (tidy.opens_with_a_sentence, '"""Words without an end"""\n'),
        (tidy.is_short, OPENING + "x = 1\n" * 300),
        (tidy.is_short, OPENING + "def f():\n" + "    x = 1\n" * 70),
        (tidy.is_finished, OPENING + "# T\x4fDO later\n"),
        (tidy.is_finished, OPENING + "# FIXM\x45\n"),
        (tidy.names_say_something, OPENING + "class PaymentManager: ...\n"),
        (tidy.names_say_something, OPENING + "class BankInfo: ...\n"),
        (tidy.skips_for_a_reason, OPENING + "@pytest.mark.skip\ndef test(): ...\n"),
        (tidy.skips_for_a_reason, OPENING + "@pytest.mark.skipif(True)\ndef test(): ...\n"),
        (tidy.skips_for_a_reason, OPENING + "@pytest.mark.xfail()\ndef test(): ...\n"),
        (tidy.skips_for_a_reason, OPENING + "pytest.skip(' ')\n"),
        (tidy.sql_is_static, OPENING + "db.execute(f'SELECT * FROM {table}')\n"),
        (tidy.sql_is_static, OPENING + "db.execute('SELECT %s' % table)\n"),
        (tidy.sql_is_static, OPENING + "db.execute('SELECT ' + table)\n"),
        (tidy.sql_is_static, OPENING + "db.copy('COPY {} FROM STDIN'.format(table))\n"),
        (tidy.sql_is_static, OPENING + "db.execute(SQL(f'SELECT {x}'))\n"),
        (tidy.domain_is_pure, OPENING + "import time\n"),
        (tidy.domain_is_pure, OPENING + "from os import environ\n"),
        (tidy.domain_is_pure, OPENING + "from uuid import uuid4\n"),
        (tidy.domain_is_pure, OPENING + "at = datetime.now(UTC)\n"),
        (tidy.domain_is_pure, OPENING + "day = date.today()\n"),
        (tidy.domain_is_pure, OPENING + "text = open('fees.json')\n"),
        (tidy.domain_is_pure, OPENING + "share = amount / 2\n"),
        (tidy.domain_is_pure, OPENING + "rate = 0.9\n"),
        (tidy.mutators_only_record, OPENING + "@event(Paid)\ndef _p(self):\n    raise No\n"),
        (tidy.mutators_only_record, OPENING + "@event('Paid')\ndef _p(self):\n    assert ok\n"),
        (tidy.mutators_only_record, OPENING + "@event\ndef p(self):\n    self.at = d.now()\n"),
        (tidy.mutators_only_record, OPENING + "@x.event(P)\ndef p(s):\n    s.id = uuid4()\n"),
        (lambda s: tidy.sees_only(s, "feesvc.money"), OPENING + "import feesvc.store\n"),
        (lambda s: tidy.sees_only(s, "feesvc.money"), OPENING + "from feesvc import store\n"),
        (lambda s: tidy.sees_only(s, "feesvc.money"), OPENING + "from feesvc_vnpay import x\n"),
        (lambda s: tidy.sees_only(s, "feesvc.money"), OPENING + "import_module('feesvc.api')\n"),
        (lambda s: tidy.names_none_of(s, "vnpay"), OPENING + "import feesvc_vnpay\n"),
        (lambda s: tidy.names_none_of(s, "vnpay"), OPENING + "default = 'vnpay'\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "import feesvc_duties\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "readers['duties'].open()\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "await positions.of('duties')\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "if projection == 'duties': ...\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "get(f'/agencies/{a}/duties/x')\n"),
        (
            lambda s: tidy.reaches_none_of(s, "duties"),
            OPENING + "db.execute('SET search_path = duties')\n",
        ),
        (
            lambda s: tidy.reaches_none_of(s, "duties"),
            OPENING + "db.execute('SELECT 1 FROM duties.x')\n",
        ),
    ],
)
def test_each_rule_bites(rule: Rule, bad: str) -> None:
    assert list(rule(Source("src/feesvc/bad.py", bad)))


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (
            tidy.skips_for_a_reason,
            OPENING + "@pytest.mark.skip(reason='root only')\ndef t(): ...\n",
        ),
        (tidy.skips_for_a_reason, OPENING + "pytest.skip('no browser here')\n"),
        (tidy.sql_is_static, OPENING + "db.execute('SELECT ' 'a FROM b WHERE c = %s', [c])\n"),
        (tidy.sql_is_static, OPENING + "db.execute(SQL('DROP {}').format(Identifier(x)))\n"),
        (tidy.domain_is_pure, OPENING + "share = amount // 2\n"),
        (tidy.mutators_only_record, OPENING + "def pay(self):\n    raise AlreadyPaid\n"),
        (lambda s: tidy.sees_only(s, "feesvc.money"), OPENING + "from feesvc.money import Money\n"),
        (lambda s: tidy.names_none_of(s, "vnpay"), OPENING + "host = 'vnpayments'\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "self.duties['duties'] = duties\n"),
        (lambda s: tidy.reaches_none_of(s, "duties"), OPENING + "get(f'/agencies/{a}/duties')\n"),
    ],
)
def test_no_rule_bites_what_is_in_order(rule: Rule, good: str) -> None:
    assert list(rule(Source("src/feesvc/good.py", good))) == []


def test_sql_says_what_it_is_too() -> None:
    long = "SELECT 1;\n" * 11
    assert list(tidy.opens_with_a_sentence(Source("a.sql", long)))
    assert not list(tidy.opens_with_a_sentence(Source("a.sql", f"-- Ones.\n{long}")))
    assert not list(tidy.opens_with_a_sentence(Source("a.sql", "SELECT 1;\n")))
