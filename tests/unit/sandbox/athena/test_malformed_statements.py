"""Malformed statements fail with Athena's errors, never with an exception of Python."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrarium_sandbox.athena.engine import Engine
from terrarium_sandbox.athena.parsing import parse
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation import translate
from terrarium_sandbox.athena.translation.functions import FUNCTIONS

_MALFORMED = [
    "SELECT AT_TIMEZONE()",
    "SELECT EVERY()",
    "SELECT FORMAT_DATETIME(a)",
    "SELECT WITH_TIMEZONE(1)",
    "SELECT * FROM@R",
    "SELECT split_part('a')",
    "SELECT split_part()",
    f"SELECT {'(' * 3000}1{')' * 3000}",
    f"SELECT {'1+' * 3000}1",
    f"SELECT {'ARRAY[' * 500}1{']' * 500}",
    f"SELECT {'NOT ' * 3000}true",
    "SELECT count(",
    "SELECT json_value()",
    "SELECT json_value('x', 'lax $' DEFAULT",
    "SELECT x -> y",
    "SELECT transform(ARRAY[1], 1)",
    "SELECT filter(ARRAY[1], (x, y) -> x)",
    "SELECT * FROM UNNEST()",
    "SELECT listagg()",
    "SELECT 'a'[1]",
    "SELECT extract(foo FROM now())",
    "SELECT lower(x -> x)",
    "SELECT lower(DISTINCT 'A')",
    "SELECT normalize('a', XX)",
    "SELECT current_user",
    "SELECT map(NULL)",
    "SELECT width_bucket(1, 2, 3)",
    "SELECT trino_fail('a', 'b')",
    "SELECT * FROM read_csv('/etc/passwd')",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spill")


def _translated(sql: str, folder: Path) -> None:
    engine = Engine(memory_limit="256MB", spill_folder=folder)
    try:
        tree = parse(sql).tree
        if tree is not None:
            engine.observed_types(translate(tree, engine))
    finally:
        engine.close()


@pytest.mark.parametrize("sql", _MALFORMED, ids=range(len(_MALFORMED)))
def test_malformed_statements_fail_as_athena_does(sql: str, folder: Path) -> None:
    with pytest.raises(QueryFailure):
        _translated(sql, folder)


@given(
    name=st.sampled_from(sorted(FUNCTIONS)),
    count=st.integers(0, 5),
    value=st.sampled_from(["NULL", "1", "'a'", "x"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_functions_take_any_arguments_or_fail_as_athena_does(
    name: str, count: int, value: str, folder: Path
) -> None:
    try:
        _translated(f"SELECT {name}({', '.join([value] * count)}) FROM (VALUES ARRAY[1]) t(x)", folder)
    except QueryFailure:
        return
