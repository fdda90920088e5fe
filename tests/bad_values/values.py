"""Bad values of every kind: types, ranges, encodings, sizes, files; each with a label to replay it by."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

__all__ = ["BadValue", "bad_paths", "bad_texts", "bad_values", "make_bad_files"]


@dataclass(frozen=True)
class BadValue:
    """A value by the expression that makes it.

    Attributes:
        label: The expression.
        make: Makes a new value.
        kind: What annotations it may fit: text, path, number, time, container, frame or object.
    """

    label: str
    make: Callable[[], Any]
    kind: str = "object"


class _NoText:
    """An object without a text."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


def bad_texts() -> dict[str, str]:
    """Return texts that names, references, expressions and paths may be given as."""
    return {
        "empty": "",
        "blank": " ",
        "newline": "loss\n",
        "NUL": "a\0b",
        "lone surrogate": "\ud800",
        "undecodable byte": b"\xff.csv".decode("utf-8", "surrogateescape"),
        "escape sequence": "\x1b[31mred\x1b[0m",
        "terminal title": "\x1b]0;title\x07",
        "carriage return": "a\rb",
        "C1 control": "a\x9b31mb",
        "right-to-left override": "a\u202eb",
        "closing markup": "[/]",
        "link markup": "[link=http://localhost]here[/link]",
        "quote": "it's",
        "SQL": "'; DROP TABLE runs; --",
        "dollar": "${environment}",
        "percent": "%(name)s %s",
        "braces": "{0} {name}",
        "parent folder": "../../etc/passwd",
        "absolute path": "/proc/self/mem",
        "slash": "a/b",
        "double slash and bracket": "//[",
        "S3 address": "s3://[/x",
        "at": "x@y",
        "at zero": "churn@0",
        "version zero": "churn/0",
        "huge version": "churn/" + "9" * 5000,
        "emoji": "emoji \N{PARTY POPPER}",
        "long": "x" * 10_000,
        "very long": "y" * 300_000,
        "letters of many bytes": "\N{CJK UNIFIED IDEOGRAPH-6F22}" * 300,
        "option": "--help",
        "minus one": "-1",
        "huge number": "9" * 5000,
        "infinite": "inf",
        "not a number": "NaN",
        "far away": "99999999999",
        "nested": "(" * 500,
        "nested lists": "[" * 5000,
        "negations": "not " * 3000 + "tags.x",
        "unbalanced": "metrics.x > (",
        "rate": "rate(999999999999 days)",
        "JSON": '{"a": NaN}',
        "glob": "*",
        "dot": ".",
        "unknown": "no-such-thing",
    }


def make_bad_files(folder: Path) -> None:
    """Make files and folders that cannot be read as what they are given for."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "empty").write_bytes(b"")
    (folder / "latin-1.csv").write_bytes("n\xe4me\n\xfc\n".encode("latin-1"))
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "below a file").write_text("")
    _link(folder / "loop", folder / "loop")
    _link(folder / "broken", folder / "nowhere")


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink():
        link.symlink_to(target)


def bad_paths(folder: Path) -> dict[str, Path]:
    """Return paths to what `make_bad_files` made there, and to nothing."""
    return {
        "missing file": folder / "missing",
        "binary file": folder / "binary",
        "empty file": folder / "empty",
        "Latin-1 file": folder / "latin-1.csv",
        "folder": folder / "folder",
        "path below a file": folder / "below a file" / "x",
        "link to itself": folder / "loop",
        "broken link": folder / "broken",
        "name too long": folder / ("n" * 300),
        "file of the kernel": Path("/proc/self/mem"),
    }


def bad_values(folder: Path) -> list[BadValue]:
    """Return every bad value; files are in `folder`."""
    texts = [BadValue(f"text: {label}", partial(_same, text), "text") for label, text in bad_texts().items()]
    paths = bad_paths(folder).items()
    as_paths = [BadValue(f"path: {label}", partial(_same, path), "path") for label, path in paths]
    as_texts = [
        BadValue(f"text of path: {label}", partial(_same, str(path)), "path") for label, path in paths
    ]
    grouped = {
        "number": _NUMBERS,
        "time": _TIMES,
        "container": _CONTAINERS,
        "frame": _FRAMES,
        "object": _OBJECTS,
    }
    others = [BadValue(one.label, one.make, kind) for kind, group in grouped.items() for one in group]
    return [*texts, *as_paths, *as_texts, *others]


def _same(value: Any) -> Any:
    return value


def _recursive_list() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _recursive_mapping() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["self"] = found
    return found


def _deep_list() -> list[Any]:
    found: list[Any] = []
    for _ in range(5_000):
        found = [found]
    return found


_NUMBERS = [
    BadValue("None", lambda: None),
    BadValue("True", lambda: True),
    BadValue("0", lambda: 0),
    BadValue("-1", lambda: -1),
    BadValue("2**31", lambda: 2**31),
    BadValue("2**63", lambda: 2**63),
    BadValue("-2**63 - 1", lambda: -(2**63) - 1),
    BadValue("10**400", lambda: 10**400),
    BadValue("10**5000", lambda: 10**5000),
    BadValue("99999999999", lambda: 99999999999),
    BadValue("0.5", lambda: 0.5),
    BadValue("-0.5", lambda: -0.5),
    BadValue("nan", lambda: math.nan),
    BadValue("inf", lambda: math.inf),
    BadValue("-inf", lambda: -math.inf),
    BadValue("1e308", lambda: 1e308),
    BadValue("1j", lambda: 1j),
    BadValue("Decimal('NaN')", lambda: Decimal("NaN")),
    BadValue("numpy.float32('nan')", lambda: np.float32("nan")),
    BadValue("numpy.int64(-7)", lambda: np.int64(-7)),
]

_TIMES = [
    BadValue("naive datetime", lambda: datetime(2026, 1, 31, 12)),
    BadValue("datetime.max", lambda: datetime.max.replace(tzinfo=UTC)),
    BadValue("datetime.min", lambda: datetime.min.replace(tzinfo=UTC)),
    BadValue("date", lambda: date(2026, 1, 31)),
    BadValue("timedelta.max", lambda: timedelta.max),
    BadValue("timedelta.min", lambda: timedelta.min),
    BadValue("timedelta of -1 day", lambda: timedelta(days=-1)),
    BadValue("timedelta of 99999999 days", lambda: timedelta(days=99_999_999)),
    BadValue("pandas.NaT", lambda: pd.NaT),
    BadValue("numpy.datetime64('NaT')", lambda: np.datetime64("NaT")),
]

_CONTAINERS = [
    BadValue("[]", list),
    BadValue("{}", dict),
    BadValue("()", tuple),
    BadValue("set()", set),
    BadValue("[None]", lambda: [None]),
    BadValue("[1, 'a']", lambda: [1, "a"]),
    BadValue("{1: 2}", lambda: {1: 2}),
    BadValue("{'': ''}", lambda: {"": ""}),
    BadValue("{'a': nan}", lambda: {"a": math.nan}),
    BadValue("{'a': object()}", lambda: {"a": object()}),
    BadValue("{NUL: NUL}", lambda: {"a\0b": "a\0b"}),
    BadValue("{surrogate: surrogate}", lambda: {"\ud800": "\ud800"}),
    BadValue("{'a': 10**400}", lambda: {"a": 10**400}),
    BadValue("{'a': None}", lambda: {"a": None}),
    BadValue("{None: None}", lambda: {None: None}),
    BadValue("['same', 'same']", lambda: ["same", "same"]),
    BadValue("['a\\0b']", lambda: ["a\0b"]),
    BadValue("['\\ud800']", lambda: ["\ud800"]),
    BadValue("['']", lambda: [""]),
    BadValue("10,000 names", lambda: [f"name{number}" for number in range(10_000)]),
    BadValue("a list that holds itself", _recursive_list),
    BadValue("a mapping that holds itself", _recursive_mapping),
    BadValue("a list of 5,000 levels", _deep_list),
    BadValue("an iterator", lambda: iter(["a"])),
]

_FRAMES = [
    BadValue("pandas frame without columns", pd.DataFrame),
    BadValue("pandas frame of doubled columns", lambda: pd.DataFrame([[1, 2]], columns=["a", "a"])),
    BadValue("pandas frame of numbered columns", lambda: pd.DataFrame([[1, 2]])),
    BadValue("pandas frame of objects", lambda: pd.DataFrame({"a": [object()]})),
    BadValue("pandas frame with an index", lambda: pd.DataFrame({"b": [1]}, index=pd.Index([7], name="a"))),
    BadValue("pandas frame of surrogates", lambda: pd.DataFrame({"a": ["\ud800"]}, dtype=object)),
    BadValue("pandas frame of complex numbers", lambda: pd.DataFrame({"a": [1j]})),
    BadValue("pandas series", lambda: pd.Series([1])),
    BadValue("Polars frame of objects", lambda: pl.DataFrame({"a": [object()]})),
    BadValue("Polars frame of nulls", lambda: pl.DataFrame({"a": [None]})),
    BadValue("Polars lazy frame that fails", lambda: pl.LazyFrame({"a": [1]}).select("missing")),
    BadValue("Arrow table without columns", lambda: pa.table({})),
    BadValue("Arrow table of doubled columns", lambda: pa.table([[1], [2]], names=["a", "a"])),
    BadValue("Arrow table of unions", lambda: pa.table({"a": _union()})),
    BadValue(
        "Arrow table of naive times", lambda: pa.table({"event_time": pa.array([0], pa.timestamp("ns"))})
    ),
    BadValue("numpy array", lambda: np.zeros((2, 2))),
    BadValue("rows of different columns", lambda: [{"a": 1}, {"b": "x"}]),
    BadValue("rows of different types", lambda: [{"a": 1}, {"a": "x"}]),
    BadValue("rows of themselves", lambda: [_recursive_mapping()]),
]


def _union() -> Any:
    types = pa.array([0], pa.int8())
    return pa.UnionArray.from_sparse(types, [pa.array([1])])


_OBJECTS = [
    BadValue("object()", object),
    BadValue("an object without text", _NoText),
    BadValue("a lambda", lambda: lambda: None),
    BadValue("a class", lambda: dict),
    BadValue("a module", lambda: math),
    BadValue("bytes", lambda: b"\xff\x00"),
    BadValue("bytearray", lambda: bytearray(b"x")),
    BadValue("Ellipsis", lambda: ...),
    BadValue("NotImplemented", lambda: NotImplemented),
    BadValue("an exception", lambda: ValueError("x")),
]
