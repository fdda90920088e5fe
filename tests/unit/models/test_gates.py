"""Gates: conditions and reports."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from terrarium.artifacts import ArtifactRef
from terrarium.manifest import MetricThreshold, ModelGates
from terrarium.models.candidate import Candidate
from terrarium.models.errors import GatesFailedError
from terrarium.models.gate_report import GateReport, GateResult
from terrarium.models.gates import check_gates, judge
from terrarium.models.version import ModelVersion
from tests.unit.record.examples import RECORD, USE_CASE

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def candidate(
    *, metrics: dict[str, float] | None = None, days: float | None = None, minimize: bool = False
) -> Candidate:
    assert RECORD.evaluation is not None
    measured = RECORD.evaluation.model_copy(
        update={"metrics": {"roc_auc": 0.9} if metrics is None else metrics}
    )
    card = USE_CASE.model_copy(update={"direction": "minimize" if minimize else "maximize"})
    return Candidate(
        name="churn",
        record=RECORD.model_copy(update={"evaluation": measured, "use_case": card}),
        signature=False,
        input_example=True,
        data_as_of=None if days is None else NOW - timedelta(days=days),
    )


def champion(**metrics: float) -> ModelVersion:
    digest = "sha256:" + "0" * 64
    return ModelVersion(
        name="churn",
        version=3,
        description="",
        run="1" * 32,
        source="s3://bucket/model",
        created=NOW,
        aliases=("champion",),
        tags={},
        artifact=ArtifactRef(
            bucket="bucket", key="key", version_id="1", digest=digest, size=1, kind="folder"
        ),
        submitted_by="arn:aws:iam::123456789012:user/ada",
        metrics=metrics,
        data_as_of=None,
        gates=None,
        approvals=(),
        origins=(),
    )


def results(
    gates: ModelGates, given: Candidate, *, held: ModelVersion | None = None
) -> dict[str, GateResult]:
    report = judge(given, gates, champion=held, environment="dev", now=NOW)
    return {result.gate: result for result in report.results}


def test_a_complete_record_is_asked_of_all() -> None:
    assert results(ModelGates(), candidate())["record"].passed
    without = candidate()
    incomplete = Candidate(
        name="churn",
        record=without.record.model_copy(update={"splits": None}),
        signature=True,
        input_example=True,
        data_as_of=None,
    )
    refused = results(ModelGates(), incomplete)["record"]
    assert not refused.passed
    assert refused.value == "lacks splits, splits.digest"
    assert "run.log_splits" in refused.remedy


def test_signature_and_input_example_are_asked_for_where_declared() -> None:
    assert set(results(ModelGates(), candidate())) == {"record"}
    asked = results(ModelGates(signature=True, input_example=True), candidate())
    assert (asked["signature"].passed, asked["input example"].passed) == (False, True)


@pytest.mark.parametrize(
    ("minimum", "maximum", "value", "passed"),
    [
        (0.9, None, 0.9, True),
        (0.9, None, 0.8999, False),
        (None, 0.3, 0.3, True),
        (None, 0.3, 0.31, False),
        (0.1, 0.3, 0.2, True),
        (0.1, None, float("nan"), False),
        (None, 0.1, float("nan"), False),
    ],
)
def test_a_threshold_includes_its_bounds_and_nan_never_passes(
    minimum: float | None,
    maximum: float | None,
    value: float,
    passed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    threshold = MetricThreshold(metric="loss", minimum=minimum, maximum=maximum)
    asked = results(ModelGates(thresholds=(threshold,)), candidate(metrics={"loss": value}))
    assert asked["loss"].passed is passed


def test_a_threshold_of_a_model_wants_the_metric_one_of_all_models_only_where_it_is() -> None:
    of_all = MetricThreshold(metric="f1", minimum=0.5)
    assert "f1" not in results(ModelGates(thresholds=(of_all,)), candidate())
    of_churn = MetricThreshold(model="churn", metric="f1", minimum=0.5)
    refused = results(ModelGates(thresholds=(of_churn,)), candidate())["f1"]
    assert not refused.passed
    assert refused.value == "not logged"
    of_another = MetricThreshold(model="fraud", metric="roc_auc", minimum=0.99)
    assert "roc_auc" not in results(ModelGates(thresholds=(of_another,)), candidate())


def test_a_threshold_without_a_bound_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs a minimum or a maximum"):
        MetricThreshold(metric="roc_auc")


@pytest.mark.parametrize(
    ("held", "margin", "passed"),
    [(0.90, 0.0, True), (0.91, 0.0, False), (0.91, -0.02, True), (0.89, 0.02, False), (0.87, 0.02, True)],
)
def test_the_champion_is_beaten_by_the_margin(held: float, margin: float, passed: bool) -> None:  # noqa: FBT001 - a column
    asked = results(ModelGates(champion_margin=margin), candidate(), held=champion(roc_auc=held))
    assert asked["champion"].passed is passed


def test_where_less_is_better_the_champion_is_undercut() -> None:
    gates = ModelGates(champion_margin=0.05)
    assert results(gates, candidate(minimize=True), held=champion(roc_auc=0.96))["champion"].passed
    assert not results(gates, candidate(minimize=True), held=champion(roc_auc=0.92))["champion"].passed


def test_without_a_champion_every_model_passes_and_without_its_metric_none() -> None:
    gates = ModelGates(champion_margin=0.0)
    assert results(gates, candidate())["champion"].passed
    refused = results(gates, candidate(), held=champion(accuracy=0.9))["champion"]
    assert not refused.passed
    assert "churn/3 has no roc_auc" in refused.value


def test_data_must_be_fresh_and_of_known_age() -> None:
    gates = ModelGates(data_days=30)
    assert results(gates, candidate(days=30))["data"].passed
    assert not results(gates, candidate(days=31))["data"].passed
    assert results(gates, candidate(days=31))["data"].value.endswith("31.0 days old")
    assert results(gates, candidate())["data"].value == "of unknown age"


def test_a_report_says_in_words_what_to_do_about_what_failed() -> None:
    gates = ModelGates(signature=True, thresholds=(MetricThreshold(metric="roc_auc", minimum=0.95),))
    with pytest.raises(GatesFailedError) as refused:
        check_gates(candidate(), gates, champion=None, environment="prod")
    assert "gates of 'prod' (signature, roc_auc)" in refused.value.problem
    assert "passed  record: complete, required: complete" in refused.value.problem
    assert "FAILED  roc_auc: 0.9, required: at least 0.95\n        -> " in refused.value.problem
    assert "environments/prod.toml" in refused.value.remedy


def test_a_report_survives_its_json() -> None:
    report = judge(candidate(), ModelGates(signature=True), champion=None, environment="dev", now=NOW)
    assert GateReport.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize(
    ("value", "held", "minimize", "passed"),
    [
        (float("nan"), 0.5, False, False),
        (float("nan"), float("nan"), False, False),
        (0.1, float("nan"), False, True),
        (0.1, float("nan"), True, True),
        (float("inf"), float("inf"), False, False),
        (float("-inf"), 0.5, True, True),
    ],
)
def test_nan_is_never_better_than_the_champion_and_a_champion_of_nan_is_replaced(
    value: float,
    held: float,
    minimize: bool,  # noqa: FBT001 - a column of the table
    passed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    given = candidate(metrics={"roc_auc": value}, minimize=minimize)
    asked = results(ModelGates(champion_margin=0.01), given, held=champion(roc_auc=held))
    assert asked["champion"].passed is passed


@pytest.mark.parametrize("bound", [float("nan"), float("inf"), float("-inf")])
def test_a_gate_has_finite_bounds(bound: float) -> None:
    with pytest.raises(ValidationError, match="finite number"):
        MetricThreshold(metric="loss", minimum=bound)
    with pytest.raises(ValidationError, match="finite number"):
        ModelGates(champion_margin=bound)


def test_metrics_of_a_version_that_are_not_finite_are_read_as_they_were_written() -> None:
    version = champion(loss=float("nan"), gain=float("inf"))
    read = ModelVersion.model_validate_json(version.model_dump_json())
    assert math.isnan(read.metrics["loss"])
    assert read.metrics["gain"] == math.inf


def test_the_gate_of_the_record_says_that_a_notebook_cannot_be_run_again() -> None:
    assert RECORD.code is not None
    of_notebook = RECORD.model_copy(update={"code": RECORD.code.model_copy(update={"notebook": True})})
    record = results(ModelGates(), replace(candidate(), record=of_notebook))["record"]
    assert record.passed
    assert "notebook" in record.value
