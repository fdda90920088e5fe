"""Changes of the database's schema: the previous release's SDK survives each of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.changelog import released_versions
from operations.release_tag import project_version
from terrarium.metadata.schema_changes import SCHEMA_CHANGES, SchemaChange
from tests.unit.metadata.schema_rules import problems_of

RELEASES = ("0.1.0", "0.2.0", "0.3.0", "0.4.0")
CREATED = SchemaChange(
    "0.1.0", ("CREATE TABLE IF NOT EXISTS features.views (name text NOT NULL PRIMARY KEY)",)
)
ADDED = SchemaChange("0.2.0", ("ALTER TABLE features.views ADD COLUMN IF NOT EXISTS title text",))
REMOVAL = ("ALTER TABLE features.views DROP COLUMN IF EXISTS name",)


def problems(*changes: SchemaChange) -> list[str]:
    return problems_of(changes, releases=RELEASES)


def expand(statement: str) -> list[str]:
    return problems(CREATED, SchemaChange("0.2.0", (statement,)))


def test_the_changes_of_this_version_keep_the_rules() -> None:
    releases = {*released_versions(), project_version()}
    assert problems_of(SCHEMA_CHANGES, releases=sorted(releases)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE features.views ADD COLUMN IF NOT EXISTS title text",
        "ALTER TABLE features.views ADD COLUMN IF NOT EXISTS hidden boolean NOT NULL DEFAULT false",
        "CREATE TABLE IF NOT EXISTS features.notes (view text NOT NULL, text text NOT NULL)",
        "CREATE INDEX IF NOT EXISTS views_by_name ON features.views (name)",
        "UPDATE features.views SET title = name WHERE title IS NULL",
    ],
)
def test_a_release_may_add(statement: str) -> None:
    assert expand(statement) == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("ALTER TABLE features.views DROP COLUMN IF EXISTS name", "DROP"),
        ("DROP TABLE IF EXISTS features.views", "DROP"),
        ("ALTER TABLE IF EXISTS features.views RENAME COLUMN name TO title", "RENAME"),
        ("alter table features.views alter column name set not null", "SET NOT NULL"),
        (
            "ALTER TABLE features.views ADD COLUMN IF NOT EXISTS title text NOT NULL",
            "NOT NULL without DEFAULT",
        ),
        ("ALTER TABLE features.views ALTER COLUMN name TYPE integer", "a new type"),
        ("ALTER TABLE features.views ADD CONSTRAINT IF NOT EXISTS short CHECK (name < 'x')", "a constraint"),
        ("CREATE UNIQUE INDEX IF NOT EXISTS one ON features.views (name)", "a constraint"),
        ("TRUNCATE features.views", "TRUNCATE"),
        ("REVOKE INSERT ON features.views FROM writer", "REVOKE"),
    ],
)
def test_a_release_may_not_take_away_or_refuse_what_the_previous_sdk_uses(
    statement: str, reason: str
) -> None:
    (problem,) = expand(statement)
    assert problem.startswith(f"{reason} breaks SDKs of the previous release")


def test_a_statement_can_be_repeated() -> None:
    assert expand("ALTER TABLE features.views ADD COLUMN title text")[0].startswith("cannot be repeated")


def test_a_column_is_replaced_in_three_releases() -> None:
    """0.2.0 adds the new one and writes both, 0.3.0 uses only the new one, 0.4.0 removes the old one."""
    assert problems(CREATED, ADDED, SchemaChange("0.4.0", REMOVAL, unused_since="0.3.0")) == []


@pytest.mark.parametrize(
    ("release", "unused_since", "problem"),
    [
        ("0.3.0", "0.3.0", "a later release may remove it"),
        ("0.3.0", "0.2.0", "features.views was expanded in 0.2.0"),
        ("0.4.0", "0.2.0", "features.views was expanded in 0.2.0"),
        ("0.2.0", "0.3.0", "a later release may remove it"),
        ("0.4.0", "0.3.5", "0.3.5 is no release"),
    ],
)
def test_refuses_a_removal_that_is_too_early(release: str, unused_since: str, problem: str) -> None:
    found = problems(CREATED, ADDED, SchemaChange(release, REMOVAL, unused_since=unused_since))
    assert any(problem in text for text in found)


def test_changes_are_in_the_order_of_their_releases() -> None:
    assert problems(ADDED, CREATED) == ["changes are not in the order of their releases"]


def test_the_schemas_of_mlflow_and_optuna_are_those_of_the_previous_release() -> None:
    """Both libraries refuse a schema of another revision, so a new one locks out every installed SDK.

    Keep the earlier version of the library in requirements/, or make this a breaking release: OLDEST_READER of the
    manifest, the changelog, and the new revisions below the new version in library_schemas.json.
    """
    kept: dict[str, Any] = json.loads(Path(__file__).with_name("library_schemas.json").read_text())
    expected = kept.get(project_version()) or kept[released_versions()[0]]
    assert {"mlflow": _mlflow_revision(), "optuna": _optuna_revision()} == expected


def _mlflow_revision() -> str:
    from mlflow.store.db.utils import _get_latest_schema_revision

    revision: str = _get_latest_schema_revision()
    return revision


def _optuna_revision() -> str | None:
    import optuna.storages
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(optuna.storages.__file__).parent / "_rdb" / "alembic")).get_current_head()
