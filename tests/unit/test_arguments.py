"""Arguments are compared with annotations before a function runs; what does not fit is named."""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
import pytest

from terrarium.arguments import Between, Count, Days, Seconds, Seed, checked, checked_methods
from terrarium.errors import ArgumentError, Error
from terrarium.record import UseCase

if TYPE_CHECKING:
    from terrarium.artifacts import ArtifactRef
    from terrarium.record import ValidationProcedure


@checked
def takes_text(value: str) -> str:
    return value


@checked
def takes_number(value: float) -> float:
    return value


@checked
def takes_whole(value: int | None) -> object:
    return value


@checked
def takes_choice(value: Literal["a", "b"] | None = None) -> object:
    return value


@checked
def takes_texts(value: Sequence[str]) -> object:
    return value


@checked
def takes_mapping(value: Mapping[str, int | None]) -> object:
    return value


@checked
def takes_path(value: str | os.PathLike[str]) -> object:
    return value


@checked
def takes_named(value: "ArtifactRef | UseCase | None") -> object:
    return value


@checked
def takes_alias(value: "ValidationProcedure") -> object:
    return value


@checked
def takes_function(value: Callable[[int], str]) -> object:
    return value


@checked
def takes_items(value: Iterable[object]) -> object:
    return value


@checked
def takes_time(value: datetime) -> object:
    return value


@checked
def takes_age(value: Days) -> object:
    return value


@checked
def takes_count(value: Count) -> object:
    return value


@checked
def takes_seconds(value: Seconds | None) -> object:
    return value


@checked
def takes_seed(value: Seed) -> object:
    return value


@checked
def takes_anything(value: Any) -> object:
    return value


@checked
def takes_ratio(value: Annotated[float, Between(0, 1)]) -> object:
    return value


@checked
def takes_many(*values: str, **named: int) -> object:
    return values, named


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (takes_text, "text with\nlines, \N{PARTY POPPER}"),
        (takes_number, 1),
        (takes_number, math.nan),
        (takes_number, np.float32(0.5)),
        (takes_whole, None),
        (takes_whole, np.int64(7)),
        (takes_choice, "a"),
        (takes_texts, ("a",)),
        (takes_texts, pd.Index(["a", "b"])),
        (takes_texts, np.array(["a"])),
        (takes_mapping, {"a": None, "b": 2}),
        (takes_path, Path("x")),
        (takes_path, "\udcff.csv"),
        (takes_named, None),
        (takes_function, len),
        (takes_items, iter([object()])),
        (takes_time, datetime(2026, 1, 1, tzinfo=UTC)),
        (takes_age, timedelta(days=90)),
        (takes_count, 1),
        (takes_seconds, math.inf),
        (takes_seed, 2**64 - 1),
        (takes_anything, object()),
        (takes_ratio, 1),
    ],
)
def test_what_fits_is_passed_on_as_it_is(function: Callable[[Any], object], value: Any) -> None:
    assert function(value) is value


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (takes_text, 7),
        (takes_text, "a\0b"),
        (takes_text, "\ud800"),
        (takes_text, b"text"),
        (takes_number, "0.5"),
        (takes_number, True),
        (takes_number, 10**400),
        (takes_number, Decimal(1)),
        (takes_whole, 1.5),
        (takes_whole, False),
        (takes_choice, "c"),
        (takes_choice, ["a"]),
        (takes_texts, "a"),
        (takes_texts, ["a", 1]),
        (takes_texts, {"a"}),
        (takes_texts, pd.DataFrame({"a": [1]})),
        (takes_mapping, [("a", 1)]),
        (takes_mapping, {1: 1}),
        (takes_mapping, {"a": "1"}),
        (takes_path, 7),
        (takes_path, "a\0b"),
        (takes_named, "s3://bucket/key"),
        (takes_named, object()),
        (takes_alias, "holdout"),
        (takes_function, "len"),
        (takes_items, "text"),
        (takes_time, date(2026, 1, 1)),
        (takes_time, pd.NaT),
        (takes_age, timedelta(days=-1)),
        (takes_age, timedelta.max),
        (takes_age, 90),
        (takes_count, 0),
        (takes_count, 2**31),
        (takes_seconds, -1),
        (takes_seconds, math.nan),
        (takes_seed, 2**64),
        (takes_ratio, 1.1),
    ],
)
def test_what_does_not_fit_is_refused_by_name(function: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(ArgumentError, match="'value'") as refused:
        function(value)
    assert function.__name__ in refused.value.problem
    assert refused.value.remedy


def test_every_argument_of_a_variable_number_is_checked() -> None:
    assert takes_many("a", "b", c=1) == (("a", "b"), {"c": 1})
    with pytest.raises(ArgumentError, match="'values'"):
        takes_many("a", 1)  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(ArgumentError, match="'named'"):
        takes_many(c="1")  # type: ignore[arg-type] # wrong on purpose


def test_a_wrong_signature_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'missing'"):
        takes_text(missing=1)  # type: ignore[call-arg] # wrong on purpose


def test_the_items_of_a_generator_are_explained_too() -> None:
    @checked
    def items(count: int) -> Iterator[int]:
        yield count
        raise RecursionError

    found = items(1)
    assert next(found) == 1
    with pytest.raises(Error, match="nested too deeply"):
        next(found)


def test_methods_of_a_class_are_checked_and_private_ones_are_not() -> None:
    @checked_methods
    class Service:
        def public(self, name: str) -> str:
            return self._private(7) + name

        def _private(self, name: Any) -> str:
            return str(name)

        @classmethod
        def of(cls, name: str) -> "Service":
            assert name
            return cls()

        @staticmethod
        def plain(name: str) -> str:
            return name

    assert Service().public("a") == "7a"
    for call in (Service().public, Service.of, Service.plain):
        with pytest.raises(ArgumentError):
            call(7)  # type: ignore[arg-type] # wrong on purpose
