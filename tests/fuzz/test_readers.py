"""Readers of text that others write: they raise an error of Terrarium with a remedy for invalid text."""

import pytest
from hypothesis import given, settings

from terrarium.errors import Error
from tests.bad_values.outcome import fault_of_message
from tests.fuzz.targets import TARGETS, Target

_FEW, _MANY = 150, 20_000
_CRASHES = [
    ("search", "\ud800"),
    ("search", "not " * 5_000 + "tags.x"),
    ("search", "(" * 5_000),
    ("search", "metrics.x > " + "9" * 5_000),
    ("search", "-" * 5_000 + "1 < metrics.x"),
    ("schedule", "rate(999999999999 days)"),
    ("schedule", "rate(9999999 days)"),
    ("manifest", "[" * 100_000),
    ("manifest", '{"version": ' + "9" * 5_000 + "}"),
    ("environment", "a = " + "[" * 5_000),
    ("environment", "a = " + "9" * 5_000),
    ("artifact reference", "//["),
    ("artifact reference", "s3://[/x"),
    ("artifact reference", "s3://bucket/\ud800"),
    ("model reference", "churn/" + "9" * 5_000),
    ("record", ""),
    ("record", "[]"),
    ("record", "{}"),
    ("record", '{"version": null}'),
    ("record", '{"version": 1}'),
    ("record", "[" * 100_000),
    ("record", '{"version": ' + "9" * 5_000 + "}"),
    ("record", '{"version": 1, "run": 7, "experiment": {}, "use_case": {"name": ""}}'),
]


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_reader_refuses_what_it_cannot_read(name: str) -> None:
    _check(TARGETS[name], examples=_FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_reader_refuses_what_it_cannot_read_whatever_it_is(name: str) -> None:
    _check(TARGETS[name], examples=_MANY)


@pytest.mark.parametrize(
    ("name", "text"), _CRASHES, ids=[f"{name} {number}" for number, (name, _) in enumerate(_CRASHES)]
)
def test_what_once_crashed_a_reader_is_refused(name: str, text: str) -> None:
    if name == "schedule" and text == "rate(9999999 days)":
        TARGETS[name].read(text)  # it is one, and never comes due before the year 9999
        return
    with pytest.raises(Error) as refused:
        TARGETS[name].read(text)
    assert fault_of_message(refused.value) is None


def _check(target: Target, *, examples: int) -> None:
    @settings(max_examples=examples, derandomize=True, database=None)
    @given(target.inputs)
    def read(text: str) -> None:
        refused = None
        try:
            target.read(text)
        except Error as error:
            refused = error
        assert refused is None or fault_of_message(refused) is None

    read()
