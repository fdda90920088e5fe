"""The commands of `terrarium features`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import terrarium
from terrarium.cli.features import features
from terrarium.features import Entity, Feature, FeatureView

pytest_plugins = ["tests.support.sdk_environment"]

Say = Callable[..., Result]


@pytest.fixture
def say(lab: terrarium.Lab) -> Say:
    """Says a command about a view with one row."""
    view = FeatureView(
        name="typed",
        source="typed",
        entities=(Entity(name="typed_customer", key="customer_id"),),
        features=(Feature(name="minutes", dtype="double"), Feature(name="words", dtype="list<string>")),
        owner="growth",
    )
    lab.features.apply(view)
    row = {"customer_id": 1, "event_time": datetime(2026, 1, 1, tzinfo=UTC), "minutes": 1.0, "words": ["a"]}
    lab.features.write("typed", [row])
    return lambda *words: CliRunner(env={"COLUMNS": "200", "TERRARIUM_ENVIRONMENT": lab.environment}).invoke(
        features, words
    )


def test_lists_and_shows_views(say: Say) -> None:
    assert "typed@1" in say("list", "TYPED").output
    assert '"key": "customer_id"' in say("show", "typed").output


def test_materializes_a_view_and_shows_its_freshness(say: Say) -> None:
    assert (
        "until 2026-01-02 00:00:00 UTC"
        in say("materialize", "typed", "--until", "2026-01-02", "--full").output
    )
    assert "2026-01-02 00:00:00" in say("freshness", "typed").output


def test_the_exit_code_of_skew_is_zero_without_differences(say: Say) -> None:
    say("materialize", "typed")
    told = say("skew", "typed:*")
    assert "typed__minutes" in told.output
    assert told.exit_code == 0


def test_exports_definitions_as_valid_python(say: Say, tmp_path: Path) -> None:
    """That Feast takes them shows in `benchmarks/features.py`, in whose environment it is."""
    say("export-feast", str(tmp_path / "feast"), "typed")
    text = (tmp_path / "feast" / "definitions.py").read_text()
    compile(text, "definitions.py", "exec")
    assert 'Field(name="words", dtype=Array(String)' in text.replace("'", '"')
    assert "type: athena" in (tmp_path / "feast" / "feature_store.yaml").read_text()
