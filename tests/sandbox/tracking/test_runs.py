"""Experiments and runs of a lab."""

import multiprocessing
from pathlib import Path

import mlflow
import pytest

import terrarium
from terrarium.experiments.errors import ExperimentNotFoundError, RunNotActiveError

pytest_plugins = ["tests.support.sdk_environment"]


def test_runs_are_ranked(lab: terrarium.Lab) -> None:
    experiment = lab.experiment("ranked")
    for depth, roc_auc in [(1, 0.7), (3, 0.9), (2, 0.8)]:
        with experiment.run(f"depth {depth}", params={"depth": depth}, tags={"team": "risk"}) as run:
            run.log_metrics({"roc_auc": roc_auc, "loss": 1 - roc_auc}, step=depth)
    with experiment.run("without the metric"):
        pass
    ranked = lab.experiments.runs("ranked", order_by="metrics.roc_auc desc")
    assert [run.name for run in ranked] == ["depth 3", "depth 2", "depth 1", "without the metric"]
    best = ranked[0]
    assert best.params == {"depth": "3"}
    assert best.metrics == {"roc_auc": 0.9, "loss": pytest.approx(0.1)}
    assert best.tags["team"] == "risk"
    assert best.status == "FINISHED"
    assert best.ended is not None
    assert best.started <= best.ended
    (chosen,) = lab.experiments.runs("ranked", where="params.depth == '2'", limit=1)
    assert chosen.name == "depth 2"
    assert "ranked" in lab.experiments.names()


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("broken"), "FAILED"), (KeyboardInterrupt(), "KILLED")]
)
def test_a_block_that_breaks_off_ends_its_run(error: BaseException, status: str, lab: terrarium.Lab) -> None:
    with pytest.raises(type(error)), lab.experiment(f"ends {status}").run() as run:
        raise error
    (ended,) = lab.experiments.runs(f"ends {status}")
    assert (ended.id, ended.status) == (run.id, status)
    with pytest.raises(RunNotActiveError, match="has ended"):
        run.log_metrics({"late": 1.0})


def test_artifacts_and_models_are_kept_with_the_run(lab: terrarium.Lab, tmp_path: Path) -> None:
    from sklearn.dummy import DummyClassifier

    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "roc.svg").write_text("<svg/>")
    (tmp_path / "report.txt").write_text("fine")
    with lab.experiment("keeps").run() as run:
        run.log_artifact(tmp_path / "report.txt")
        run.log_artifact(tmp_path / "plots")
        info = run.log_model(DummyClassifier().fit([[0], [1]], [0, 1]))
    (kept,) = lab.experiments.runs("keeps")
    assert mlflow.artifacts.load_text(f"{kept.artifact_uri}/plots/roc.svg") == "<svg/>"
    assert mlflow.artifacts.load_text(f"{kept.artifact_uri}/report.txt") == "fine"
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    assert list(mlflow.sklearn.load_model(info.model_uri).predict([[0]])) in ([0], [1])
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


def test_plain_mlflow_within_the_block_records_to_its_run_and_knows_nothing_of_it_after(
    lab: terrarium.Lab,
) -> None:
    before = mlflow.get_tracking_uri()
    with lab.experiment("mixed").run() as run:
        mlflow.log_metric("plain", 1.0)
        with lab.experiment("mixed").run("inner") as inner:
            mlflow.log_metric("nested", 2.0)
        mlflow.log_metric("after", 3.0)
    assert mlflow.active_run() is None
    assert mlflow.get_tracking_uri() == before
    runs = {summary.id: summary for summary in lab.experiments.runs("mixed")}
    assert runs[run.id].metrics == {"plain": 1.0, "after": 3.0}
    assert runs[inner.id].metrics == {"nested": 2.0}
    assert runs[inner.id].tags["mlflow.parentRunId"] == run.id


def test_more_parameters_than_mlflow_takes_at_once(lab: terrarium.Lab) -> None:
    params = {f"parameter {number}": number for number in range(250)}
    with lab.experiment("wide").run(params=params):
        pass
    (run,) = lab.experiments.runs("wide")
    assert run.params == {name: str(value) for name, value in params.items()}


def test_raises_for_an_unknown_experiment(lab: terrarium.Lab) -> None:
    with pytest.raises(ExperimentNotFoundError, match=r"names\(\)"):
        lab.experiments.runs("never begun")


def test_a_pool_outlives_its_connections(lab: terrarium.Lab) -> None:
    with lab.experiment("long connection").run() as run:
        run.log_metrics({"loss": 1.0})
        others = "FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
        with lab.metadata.writer.connect() as connection:
            ended = connection.exec_driver_sql(f"SELECT count(pg_terminate_backend(pid)) {others}").scalar()
        assert ended, "the store had connections"
        run.log_metrics({"loss": 0.5})
    (summary,) = lab.experiments.runs("long connection")
    assert summary.metrics == {"loss": 0.5}


def _count_experiments(lab: terrarium.Lab) -> int:
    with lab.metadata.writer.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM experiments").scalar_one())


def test_a_forked_process_shares_no_connection(lab: terrarium.Lab) -> None:
    before = _count_experiments(lab)

    def child(counted: "multiprocessing.SimpleQueue[int]") -> None:
        for _ in range(20):
            counted.put(_count_experiments(lab))

    context = multiprocessing.get_context("fork")
    counted = context.SimpleQueue()
    process = context.Process(target=child, args=(counted,))
    process.start()
    assert [_count_experiments(lab) for _ in range(20)] == [before] * 20
    process.join()
    assert process.exitcode == 0
    assert [counted.get() for _ in range(20)] == [before] * 20
