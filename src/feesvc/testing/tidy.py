"""The rules of the house: each is a function from one source file to what is wrong with it.

``tests/test_tidy.py`` holds every file of this repository to them; a slice that lives elsewhere
may do the same with its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

LONGEST_FILE = 300
LONGEST_FUNCTION = 70
FEW_LINES = 10
VAGUE = ("Manager", "Helper", "Helpers", "Util", "Utils", "Data", "Info")
OPEN_ENDS = re.compile(r"\b(T[O]DO|FIXM[E]|XX[X]|HAC[K])\b")
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
CHANCE = {"uuid1", "uuid4", "urandom", "token_bytes", "token_hex", "token_urlsafe"}
OUTSIDE = {"open", "print", "input", "getenv"}
IMPURE = {
    "aiohttp", "asyncio", "httpx", "io", "logging", "os", "pathlib", "psycopg", "random",
    "secrets", "shutil", "socket", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib.request",
}  # fmt: skip

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file: its path from the repository's root, with ``/``, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All of them, walked once for all rules."""
        return list(ast.walk(self.tree))

    @cached_property
    def imports(self) -> list[str]:
        """Every module imported, as a whole or from, wherever in the file; also by name."""
        found: list[str] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "feesvc":
                found += [f"feesvc.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found.append(node.module or ".")
            elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
                found += [ast.literal_eval(arg) for arg in node.args[:1] if _is_text(arg)]
        return found

    @cached_property
    def functions(self) -> list[Function]:
        return [n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def opens_with_a_sentence(source: Source) -> Iterator[str]:
    """Each Python file says first what it is; SQL too, unless it is one statement's few lines."""
    if not source.text.strip():
        return
    if source.path.endswith(".sql"):
        if source.text.count("\n") > FEW_LINES and not source.text.startswith("-- "):
            yield "does not open with a comment that says what it is"
        return
    opening = (ast.get_docstring(source.tree) or "").split("\n\n")[0]
    if not opening.endswith((".", ":")):
        yield "does not open with a sentence that says what it is"


def is_short(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"has {lines} lines"
    if source.path.endswith(".py"):
        for function in source.functions:
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{function.name} has {length} lines"


def is_finished(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if OPEN_ENDS.search(line):
            yield f"line {number} leaves something open"


def names_say_something(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE):
            yield f"{node.name} could be anything"


def skips_for_a_reason(source: Source) -> Iterator[str]:
    """``skip``, ``skipif`` and ``xfail``, as marks or calls, say why."""
    called = {id(node.func): node for node in source.nodes if isinstance(node, ast.Call)}
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail"}:
            if not ast.unparse(node).startswith("pytest."):
                continue
            call = called.get(id(node))
            said = call and (
                any(k.arg == "reason" and _says(k.value) for k in call.keywords)
                or (node.attr != "skipif" and any(_says(arg) for arg in call.args))
            )
            if not said:
                yield f"line {node.lineno} skips a test and does not say why"


def sql_is_static(source: Source) -> Iterator[str]:
    """Nothing is pasted into SQL: not by f-string, ``%``, ``+`` or ``str.format``."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and node.args:
            name = _called(node)
            if name in {"execute", "executemany", "copy", "SQL"} and _is_pasted(node.args[0]):
                yield f"line {node.lineno} pastes into SQL"


def domain_is_pure(source: Source) -> Iterator[str]:
    """The domain reads no clock, draws no lot, touches nothing outside, and knows no float."""
    for module in source.imports:
        if module in IMPURE or module.split(".")[0] in IMPURE:
            yield f"imports {module}"
    for node in source.nodes:
        if isinstance(node, ast.Call) and _called(node) in CLOCKS | CHANCE | OUTSIDE:
            yield f"line {node.lineno} calls {_called(node)}"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in CHANCE:
                    yield f"line {node.lineno} imports {alias.name}"
    yield from no_float(source)


def no_float(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"line {node.lineno} holds a float"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"line {node.lineno} names float"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"line {node.lineno} divides into a float"


def mutators_only_record(source: Source) -> Iterator[str]:
    """What ``@event`` decorates runs again on every replay: no guard, no clock, no random."""
    for function in source.functions:
        if not any(_is_event(decorator) for decorator in function.decorator_list):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Raise | ast.Assert):
                yield f"line {node.lineno}: {function.name} refuses on replay"
            elif isinstance(node, ast.Call) and _called(node) in CLOCKS | CHANCE:
                yield f"line {node.lineno}: {function.name} differs on replay"


def sees_only(source: Source, *allowed: str) -> Iterator[str]:
    """Of our packages, a file imports those of ``allowed`` and what lies in them."""
    for module in source.imports:
        ours = module.split(".")[0].startswith("feesvc")
        if ours and not any(module == seen or module.startswith(f"{seen}.") for seen in allowed):
            yield f"imports {module}"


LOOKED_UP_AMONG = r"reader|projection|position|schema|plugin|runner|slice|entry_point|import_module"


def names_none_of(source: Source, *slices: str) -> Iterator[str]:
    there = [name for name in slices if name in source.text]
    for number, line in enumerate(source.text.splitlines() if there else (), 1):
        for name in there:
            if re.search(rf"\b(feesvc[_-])?{name}\b", line):
                yield f"line {number} names {name}"


def reaches_none_of(source: Source, *slices: str) -> Iterator[str]:
    """For slices whose name is a word of the field, which the core says of its own things too.

    Not their packages, not what is looked up by their name among installed slices, not their
    tables, not the routes that are mounted under an agency and their name.
    """
    for name in slices:
        lines = source.text.splitlines() if name in source.text else []
        for number, line in enumerate(lines, 1):
            reached = (
                rf"\bfeesvc[_-]{name}\b",
                rf"/agencies/[^/\s\"']+/{name}/",
                rf"(?i)\b(from|join|into|update|schema|search_path)\b[ =(\"']*{name}\b",
                rf"\b{name}(__next)?\.\w+" if source.path.endswith(".sql") else r"(?!)",
            )
            if any(re.search(way, line) for way in reached):
                yield f"line {number} reaches {name}"
        for node in source.nodes if source.path.endswith(".py") else ():
            if _looks_up(node, name):
                yield f"line {getattr(node, 'lineno', 0)} looks {name} up"


def _looks_up(node: ast.AST, name: str) -> bool:
    """``readers["name"]``, ``positions.of("name")``, ``install(projections, "name")``."""
    if isinstance(node, ast.Subscript):
        asked: list[ast.expr] = [node.slice]
    elif isinstance(node, ast.Call):
        asked = [*node.args, *(word.value for word in node.keywords)]
    elif isinstance(node, ast.Compare):
        asked = [node.left, *node.comparators]
    else:
        return False
    named = any(isinstance(one, ast.Constant) and one.value == name for one in asked)
    return named and re.search(LOOKED_UP_AMONG, ast.unparse(node)) is not None


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _says(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        _is_text(node) and bool(ast.literal_eval(node).strip())
    )


def _is_pasted(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and isinstance(node.func.value, ast.Constant)
    return False


def _is_event(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return "event" in (getattr(named, "id", ""), getattr(named, "attr", ""))
