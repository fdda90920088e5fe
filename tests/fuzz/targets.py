"""Targets of fuzzing: all readers of text that others write."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from environments.load import load_environment
from terrarium.artifacts import ArtifactRef
from terrarium.artifacts.names import object_key
from terrarium.compute.packages.lock import PackageLock
from terrarium.features.definition.registered_view import parse_view_name
from terrarium.manifest import parse_manifest
from terrarium.models.reference import ModelReference, check_model_name
from terrarium.record.storage import parse_record
from terrarium.schedules import parse_schedule
from terrarium.search import parse_condition, parse_order
from terrarium.search.sql import ChosenRuns
from terrarium.warehouse.table_names import dataset_name, table_name
from tests.fuzz.inputs import any_text, pieces, spoilt
from tests.unit.example_manifest import example_manifest
from tests.unit.record.examples import RECORD

__all__ = ["TARGETS", "Target"]

_DEV = Path(__file__).parents[1] / "environments" / "dev.toml"
_JSON = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "1",
    "-1",
    "1e999",
    "NaN",
    "Infinity",
    '"',
    '""',
    '"a"',
    '{"a":',
]
_REFERENCE = "s3://bucket/artifacts/a%20b.bin?versionId=v1&digest=sha256:" + "0" * 64 + "&size=12&kind=file"
_SEARCH = [
    "metrics.roc_auc",
    "params['a",
    "b']",
    "tags.mlflow.user",
    "use_case.task",
    'datasets["telco.customers"]',
    "run_id",
    "started",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not",
    "and",
    "or",
    "not",
    "(",
    ")",
    "[",
    "]",
    ",",
    "like(name,'a*')",
    "'text'",
    '"text"',
    "0.9",
    "-1",
    "1e400",
    "2026-01-31",
    "None",
    "True",
    "lambda",
    "x:x",
    "f'{x}'",
    "desc",
    "asc",
    "~",
    "&",
    "|",
    "@",
    "\\",
    "#",
    ":",
    ":=",
    "...",
]
_SCHEDULE = [
    "cron(",
    "rate(",
    "at(",
    ")",
    "0",
    "6",
    "*",
    "?",
    "L",
    "W",
    "#",
    "/",
    "-",
    ",",
    "MON",
    "JAN",
    "2026",
    "1",
    "day",
    "days",
    "hour",
    "minutes",
    "2026-01-31T06:00:00",
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59",
    "31W",
    "5#3",
    "99999999999999",
    ".",
]
_REFERENCES = [
    "s3://",
    "//",
    ":",
    "/",
    "?",
    "&",
    "=",
    "%",
    "#",
    "@",
    "[",
    "]",
    "[::",
    "bucket",
    "key",
    "versionId=",
    "digest=sha256:",
    "size=",
    "kind=file",
    "models:/",
    "churn",
    "3",
    "0",
    "champion",
    "view",
    "feature",
    "*",
    ".",
    "..",
    "-",
    "_",
    "\\",
    "==",
    ";",
    "--hash=sha256:",
    "numpy",
    "2.4.6",
    "[extra]",
    "~=",
    "-r",
    "-e",
    "git+https://",
]


@dataclass(frozen=True)
class Target:
    """A reader, and the texts that it is given."""

    read: Callable[[str], object]
    inputs: st.SearchStrategy[str]


def _search(text: str) -> None:
    _sql(ChosenRuns(where=parse_condition(text), limit=5))


def _order(text: str) -> None:
    _sql(ChosenRuns(order_by=(parse_order(text),)))


def _sql(chosen: ChosenRuns) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # untyped there
    for statement in (chosen.ids(), chosen.positions()):
        str(statement.compile(dialect=dialect))


def _schedule(text: str) -> None:
    schedule = parse_schedule(text)
    for moment in (datetime(2026, 1, 31, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)):
        schedule.next_after(moment, began=datetime(2026, 1, 1, tzinfo=UTC))


def _environment(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "dev.toml").write_text(text, encoding="utf-8", errors="surrogatepass")
        load_environment("dev", Path(folder))


def _lock(text: str) -> None:
    PackageLock.of(text.splitlines(), source="a test")


TARGETS: Mapping[str, Target] = {
    "search": Target(_search, pieces(_SEARCH)),
    "order": Target(_order, pieces(_SEARCH)),
    "schedule": Target(
        _schedule, st.one_of(pieces(_SCHEDULE), spoilt("cron(0/15 6-8 ? JAN-MAR MON#1 2026)", _SCHEDULE))
    ),
    "manifest": Target(
        lambda text: parse_manifest(text, source="a test"),
        st.one_of(pieces(_JSON), spoilt(example_manifest().model_dump_json(), _JSON)),
    ),
    "environment": Target(
        _environment,
        st.one_of(
            spoilt(
                _DEV.read_text(encoding="utf-8"),
                ["[", "]", "=", "{", "}", '"', "[[", ".", "true", "\n", "1979-05-27"],
            ),
            pieces(["[", "a", "]", "=", "{", "}", "\n", "'", '"""', "[["]),
        ),
    ),
    "record": Target(
        lambda text: parse_record(text, source="a test"),
        st.one_of(
            pieces(_JSON),
            spoilt(RECORD.model_dump_json(), _JSON),
            st.sampled_from(sorted(json.loads(RECORD.model_dump_json()))).flatmap(
                lambda section: _json_values().map(
                    lambda value: json.dumps({**json.loads(RECORD.model_dump_json()), section: value})
                )
            ),
        ),
    ),
    "artifact reference": Target(
        ArtifactRef.parse, st.one_of(pieces(_REFERENCES), spoilt(_REFERENCE, _REFERENCES))
    ),
    "artifact name": Target(lambda text: object_key("artifacts/", text), any_text(2_000)),
    "model reference": Target(ModelReference.parse, pieces(_REFERENCES)),
    "model name": Target(check_model_name, pieces(_REFERENCES)),
    "view name": Target(parse_view_name, pieces(_REFERENCES)),
    "dataset name": Target(lambda text: dataset_name(table_name(text)), pieces(_REFERENCES)),
    "package lock": Target(_lock, pieces(_REFERENCES)),
}


def _json_values() -> st.SearchStrategy[object]:
    plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text(8))
    return st.recursive(
        plain,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_text(4), inner, max_size=3)),
    )
