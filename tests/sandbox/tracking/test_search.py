"""Runs found by expressions and by text, against a real PostgreSQL; MLflow's own search is the oracle."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import mlflow
import pandas as pd
import pytest
from mlflow.entities import Dataset, DatasetInput

import terrarium
from terrarium.search import (
    Condition,
    branch,
    commit,
    dataset,
    experiment,
    metric,
    param,
    run_id,
    started,
    status,
    tag,
    use_case,
)
from terrarium.search.errors import ComparisonError
from tests.unit.record.examples import USE_CASE

pytest_plugins = ["tests.support.sdk_environment"]

FOUND = "found by test_search"
# Of other words than the use cases of other tests, which are similar to each other.
CARD = USE_CASE.model_copy(update={"name": FOUND, "business_impact": "sooner seen defects of turbines"})
HERE = experiment == FOUND


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    return {}


@pytest.fixture
def lab(lab: terrarium.Lab, recorded: dict[str, str]) -> terrarium.Lab:
    """Five runs, `a` to `e`, on record; made once, since they are only looked at."""
    if not recorded:
        _record(lab, recorded)
    return lab


def _record(lab: terrarium.Lab, recorded: dict[str, str]) -> None:
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    client = mlflow.MlflowClient()
    for name, model, depth, roc_auc in [
        ("a", "forest", 3, 0.95),
        ("b", "forest", 12, 0.85),
        ("c", "logistic", None, 0.9),
        ("d", "logistic", None, float("nan")),
        ("e", "boosting", 5, None),
    ]:
        params = {"model": model} | ({"depth": depth} if depth else {})
        with lab.experiment(CARD).run(name, params=params, tags={"x": name} if name in "ab" else {}) as run:
            if roc_auc is not None:
                run.log_metrics({"roc_auc": roc_auc, "loss": 1 - roc_auc})
        recorded[name] = run.id
    client.set_tag(recorded["a"], "mlflow.source.git.commit", "c0ffee" + "0" * 34)
    client.set_tag(recorded["a"], "mlflow.source.git.branch", "main")
    used = Dataset("telco", digest="d1", source_type="http", source='{"url": "http://example.com/telco.csv"}')
    client.log_inputs(recorded["a"], datasets=[DatasetInput(used, tags=[])])
    client.set_terminated(recorded["e"], "FAILED")
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_tracking_uri() -> Iterator[None]:
    yield
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (metric("roc_auc") > 0.87, "ac"),
        (metric("roc_auc") >= 0.9, "ac"),
        (~(metric("roc_auc") > 0.87), "bde"),
        (metric("roc_auc"), "abc"),
        (~metric("roc_auc"), "de"),
        (param("model") == "forest", "ab"),
        (param("model") != "forest", "cde"),
        (param("model").like("*o?est*"), "ab"),
        (param("model").is_in(["forest", "boosting"]), "abe"),
        (param("model").is_in([]), ""),
        (param("depth") > 4, "be"),
        (param("depth") == 3.0, "a"),
        (~(param("depth") == 3), "bcde"),
        (param("model") > 4, ""),
        (tag("x"), "ab"),
        (~tag("x"), "cde"),
        (tag("x") == "b", "b"),
        (status == "FAILED", "e"),
        (started > LONG_AGO, "abcde"),
        (started > LONG_AGO.isoformat(), "abcde"),
        (started > datetime.now(UTC) + timedelta(days=1), ""),
        (commit.like("c0ffee*"), "a"),
        ((branch == "main") & (commit == "c0ffee" + "0" * 34), "a"),
        (dataset("telco"), "a"),
        (dataset("telco") == "d1", "a"),
        (dataset("telco") == "d2", ""),
        (~dataset("telco"), "bcde"),
        (use_case("task") == "binary-classification", "abcde"),
        (use_case("task") == "regression", ""),
        (~(use_case("task") == "regression"), "abcde"),
        ((metric("roc_auc") > 0.87) & ((param("model") == "forest") | ~tag("x")), "ac"),
        (~((param("model") == "forest") | (metric("roc_auc") > 0.87)), "de"),
        (tag("x") & ~(tag("x") == "a"), "b"),
    ],
)
def test_conditions_hold_for_the_runs_they_are_true_of(
    condition: Condition, names: str, lab: terrarium.Lab
) -> None:
    found = lab.experiments.search(HERE & condition)
    assert sorted(run.name for run in found) == list(names)


def test_text_and_expression_find_the_same_runs(lab: terrarium.Lab) -> None:
    text = f"experiment == '{FOUND}' and (params.depth > 4 or not tags.x) and status == 'FINISHED'"
    assert [run.name for run in lab.experiments.search(text, order_by="name")] == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        ("metrics.roc_auc desc", "acbed"),
        (metric("roc_auc"), "bcaed"),
        (["params.model asc", metric("roc_auc").descending()], "eabcd"),
        ("started desc", "edcba"),
    ],
)
def test_runs_are_ranked_with_those_that_lack_the_field_last(
    order_by: str, names: str, lab: terrarium.Lab
) -> None:
    assert "".join(run.name for run in lab.experiments.search(HERE, order_by=order_by)) == names


def test_a_summary_equals_that_of_mlflow(lab: terrarium.Lab, recorded: dict[str, str]) -> None:
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    for name in "ad":
        (found,) = lab.experiments.search(run_id == recorded[name])
        theirs = terrarium.RunSummary.of(mlflow.get_run(found.id), experiment=FOUND)
        assert repr(found) == repr(theirs), "NaN equals nothing, but looks the same"


def test_no_more_than_the_limit_and_all_of_them_without(lab: terrarium.Lab) -> None:
    assert [run.name for run in lab.experiments.search(HERE, order_by="name", limit=2)] == ["a", "b"]
    assert len(lab.experiments.search(HERE, limit=None)) == 5
    assert list(lab.experiments.frame(HERE, order_by="name", limit=2)["tags.x"]) == ["a", "b"]


def test_the_frame_is_the_one_that_mlflow_makes(lab: terrarium.Lab) -> None:
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    theirs = mlflow.search_runs(experiment_names=[FOUND], order_by=["metrics.roc_auc DESC"])
    ours = lab.experiments.frame(HERE, order_by="metrics.roc_auc desc")
    assert set(ours.columns) == set(theirs.columns)
    ours = ours.set_index("run_id").loc[theirs["run_id"]].reset_index()
    pd.testing.assert_frame_equal(
        ours[list(theirs.columns)], theirs, check_dtype=False, check_column_type=False
    )


def test_a_frame_of_nothing_has_the_columns_all_the_same(lab: terrarium.Lab) -> None:
    nothing = lab.experiments.frame(HERE & (metric("roc_auc") > 2))
    assert len(nothing) == 0
    assert {"run_id", "start_time"} <= set(nothing.columns)


def test_finds_similar_use_cases_by_shared_properties(lab: terrarium.Lab) -> None:
    (found, *_) = lab.experiments.similar(CARD.model_copy(update={"name": "new"}))
    assert found.use_case.name == FOUND
    assert found.score > 0.9
    assert "data 1.00" in found.explain()


EXTREME = experiment == "extreme params of test_search"
_EXTREME = {
    "tiny": "1e-100",
    "huge": "1e+200",
    "digits": "1" * 400,
    "small digits": "0." + "0" * 400 + "1",
    "overflow": "1e999",
    "underflow": "-1e-999",
    "infinite": "inf",
    "minus infinite": "-Infinity",
    "nan": "nan",
    "text": "1e",
    "plain": "0.1",
}


@pytest.fixture
def extreme(lab: terrarium.Lab) -> terrarium.Lab:
    if not lab.experiments.search(EXTREME):
        for name, text in _EXTREME.items():
            with lab.experiment("extreme params of test_search").run(name, params={"x": text}) as run:
                run.log_metrics({"y": float(text) if name != "text" else 0.0})
    return lab


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (param("x") == 1e-100, {"tiny"}),
        (param("x") < 0.1, {"tiny", "small digits", "underflow", "minus infinite"}),
        (param("x") > 1, {"huge", "digits", "overflow", "infinite"}),
        (param("x") > 10**400, set()),
        (param("x") >= 10**400, {"digits", "overflow", "infinite"}),
        (param("x") <= -(10**400), {"minus infinite"}),
        (param("x") == float("nan"), set()),
        (param("x") < float("nan"), set()),
        (param("x") != float("nan"), set(_EXTREME) - {"nan", "text"}),
        (param("x") == "1e", {"text"}),
        (metric("y") == float("inf"), {"digits", "overflow", "infinite"}),
        (metric("y") < float("inf"), set(_EXTREME) - {"digits", "overflow", "infinite", "nan"}),
        (metric("y") < float("nan"), set()),
        (metric("y") < 10**400, set(_EXTREME) - {"digits", "overflow", "infinite", "nan"}),
    ],
)
def test_numbers_of_every_size_are_found_and_break_no_search(
    extreme: terrarium.Lab, condition: Condition, found: set[str]
) -> None:
    assert {run.name for run in extreme.experiments.search(EXTREME & condition)} == found


def test_infinity_is_read_as_it_was_logged(extreme: terrarium.Lab) -> None:
    (run,) = extreme.experiments.search(EXTREME & (param("x") == "inf"))
    assert run.metrics == {"y": float("inf")}
    frame = extreme.experiments.frame(EXTREME & (param("x") == "-Infinity"))
    assert list(frame["metrics.y"]) == [float("-inf")]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_no_run_can_have_is_refused(lab: terrarium.Lab, text: str) -> None:
    for condition in (param("x") == text, tag("x").like(text)):
        with pytest.raises(ComparisonError, match="NUL"):
            lab.experiments.search(condition)
