"""What a record must hold, and what it says of what it lacks."""

import json

import pytest

import terrarium
from terrarium.record.errors import RecordTooNewError
from terrarium.record.storage import parse_record, record_tags
from tests.unit.record.examples import RECORD


def test_a_complete_record_misses_nothing() -> None:
    assert RECORD.missing() == ()
    assert RECORD.completeness == 1


def test_an_empty_record_names_everything_with_the_way_to_record_it() -> None:
    record = terrarium.RunRecord(run="r", experiment="e")
    missing = {gap.what: gap.why for gap in record.missing()}
    assert record.completeness == 0
    assert missing.keys() >= {"code", "environment", "splits", "evaluation.validation", "seeds", "use_case"}
    assert "run.log_splits" in missing["splits"]
    assert "missing: use_case" in record.bar()


def test_a_capture_that_failed_is_missing_with_its_reason() -> None:
    record = RECORD.model_copy(update={"code": None, "failures": {"code": "git is not installed"}})
    missing = {gap.what: gap.why for gap in record.missing()}
    assert missing["code"] == "git is not installed"
    assert 0 < record.completeness < 1


def test_parts_that_nothing_pins_are_missing() -> None:
    assert RECORD.splits is not None
    (part,) = RECORD.splits.parts
    loose = RECORD.splits.model_copy(update={"parts": (part.model_copy(update={"snapshot_id": None}),)})
    assert [gap.what for gap in RECORD.model_copy(update={"splits": loose}).missing()] == ["splits.digest"]


def test_what_is_written_is_read() -> None:
    assert parse_record(RECORD.model_dump_json(), source="a run") == RECORD


def test_a_record_of_a_later_version_is_told() -> None:
    later = json.loads(RECORD.model_dump_json()) | {"version": 2, "more": "things"}
    with pytest.raises(RecordTooNewError, match="upgrade"):
        parse_record(json.dumps(later), source="a run")


def test_the_spread_over_folds_is_that_of_a_sample() -> None:
    assert RECORD.evaluation is not None
    measured = RECORD.evaluation.over_folds["roc_auc"]
    assert measured.mean == pytest.approx(0.9)
    assert measured.spread == pytest.approx(0.1414, abs=1e-4)


def test_the_tags_by_which_a_run_is_found() -> None:
    tags = record_tags(RECORD)
    assert tags["terrarium.code.commit"] == tags["mlflow.source.git.commit"] == "1" * 40
    assert tags["terrarium.code.dirty"] == "false"
    assert tags["terrarium.splits.datasets"] == "telco.customers"
    assert tags["terrarium.validation"].startswith("Nested(outer=KFold(folds=5, seed=1)")
    assert tags["terrarium.record.completeness"] == "1.00"
    assert tags["terrarium.record.missing"] == ""
    assert tags["terrarium.search.sampler"] == "TPESampler"


def test_procedures_of_any_depth_are_read_back() -> None:
    nested = terrarium.Nested(outer=terrarium.Grouped(by="customer"), inner=terrarium.Stratified())
    record = RECORD.model_copy(
        update={"evaluation": RECORD.evaluation.model_copy(update={"validation": nested})}  # type: ignore[union-attr]
    )
    assert parse_record(record.model_dump_json(), source="a run") == record
