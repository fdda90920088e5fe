"""Required parts of a record, and its report of missing parts."""

import json
import math

import pytest

import terrarium
from terrarium.record import Evaluation, FoldMetric, RunRecord
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
    with pytest.raises(RecordTooNewError, match="install the SDK"):
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


def with_metrics(metrics: dict[str, float], *, folds: tuple[float, ...] = (0.5,)) -> RunRecord:
    evaluation = Evaluation(metrics=metrics, over_folds={"loss": FoldMetric(folds=folds)})
    return RECORD.model_copy(update={"evaluation": evaluation})


def test_metrics_that_are_not_finite_are_read_as_they_were_written() -> None:
    written = with_metrics(
        {"loss": math.nan, "gain": math.inf, "least": -math.inf, "roc_auc": 0.9},
        folds=(0.5, math.nan, math.inf),
    ).model_dump_json()
    json.loads(written, parse_constant=pytest.fail)  # what other readers of JSON do not understand
    evaluation = parse_record(written, source="a run").evaluation
    assert evaluation is not None
    assert math.isnan(evaluation.metrics.pop("loss"))
    assert evaluation.metrics == {"gain": math.inf, "least": -math.inf, "roc_auc": 0.9}
    assert str(evaluation.over_folds["loss"].folds) == "(0.5, nan, inf)"


def test_nulls_of_earlier_releases_are_read_as_nan() -> None:
    earlier = json.loads(with_metrics({"roc_auc": 0.9}).model_dump_json())
    earlier["evaluation"]["metrics"]["loss"] = None
    earlier["evaluation"]["over_folds"]["loss"]["folds"] = [0.5, None]
    earlier["hyperparameters"]["search"]["trials"][0]["values"] = [None]
    record = parse_record(json.dumps(earlier), source="a run")
    assert record.evaluation is not None
    assert math.isnan(record.evaluation.metrics["loss"])
    assert math.isnan(record.evaluation.over_folds["loss"].folds[1])
    assert record.hyperparameters is not None
    assert record.hyperparameters.search is not None
    assert math.isnan(record.hyperparameters.search.trials[0].values[0])


@pytest.mark.parametrize(
    ("folds", "mean", "spread"),
    [
        ((0.9, math.nan), math.nan, math.nan),
        ((0.9, math.inf), math.inf, math.nan),
        ((math.inf, -math.inf), math.nan, math.nan),
        ((math.nan,), math.nan, math.nan),
        ((1e308, 1e308), 1e308, 0.0),
        ((0.9,), 0.9, 0.0),
    ],
)
def test_folds_that_are_not_finite_have_the_mean_and_spread_of_numpy(
    folds: tuple[float, ...], mean: float, spread: float
) -> None:
    measured = FoldMetric(folds=folds)
    assert measured.mean == pytest.approx(mean, nan_ok=True)
    assert measured.spread == pytest.approx(spread, nan_ok=True)
