"""Searches among 30,000 runs: MLflow and Terrarium, on the same PostgreSQL."""

from collections.abc import Iterator

import mlflow

import terrarium
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side
from terrarium.search import metric, param

__all__ = ["compare"]

_RUNS = 30_000
_EXPERIMENT = "many"


def compare() -> Iterator[Comparison]:
    """Compare the best hundred of a filtered search, and all runs as a data frame."""
    with sandboxed_lab() as lab:
        _record(lab)
        mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
        # The first calls open connections and load modules.
        assert [run.id for run in _our_best(lab)] == [run.info.run_id for run in _mlflows_best()]
        yield side_by_side(
            f"The best 100 of {_RUNS:,} runs, filtered and ordered: meant to take 0.1 s at most",
            {"mlflow": _mlflows_best, "terrarium": lambda: _our_best(lab)},
            rounds=15,
            at_most=1.0,
        )
        yield side_by_side(
            f"All {_RUNS:,} runs as a data frame",
            {"mlflow": _mlflows_frame, "terrarium": lab.experiments.frame},
            rounds=1,  # MLflow takes nearly a minute
            at_most=0.2,
        )


def _mlflows_best() -> list[mlflow.entities.Run]:
    return mlflow.search_runs(
        experiment_names=[_EXPERIMENT],
        filter_string="metrics.roc_auc > 0.6 and params.model = 'forest'",
        order_by=["metrics.roc_auc DESC"],
        max_results=100,
        output_format="list",
    )


def _our_best(lab: terrarium.Lab) -> list[terrarium.RunSummary]:
    good = (metric("roc_auc") > 0.6) & (param("model") == "forest")
    return lab.experiments.search(good, order_by=metric("roc_auc").descending(), limit=100)


def _mlflows_frame() -> object:
    return mlflow.search_runs(experiment_names=[_EXPERIMENT], max_results=_RUNS)


def _record(lab: terrarium.Lab) -> None:
    """Insert 30,000 runs (9 params, 6 metrics, 6 tags) into MLflow's tables; MLflow itself takes hours."""
    ids = f"FROM (SELECT i, md5(i::text) AS id FROM generate_series(1, {_RUNS}) AS i) AS runs"
    statements = [
        "INSERT INTO experiments (experiment_id, name, lifecycle_stage, creation_time, last_update_time)"
        f" VALUES (1000, '{_EXPERIMENT}', 'active', 0, 0)",
        "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage,"
        " artifact_uri, experiment_id) SELECT id, 'run ' || i, 'LOCAL', 'me', 'FINISHED', 1700000000000 + i,"
        f" 1700000000000 + i, 'active', 's3://bucket/' || id, 1000 {ids}",
        f"INSERT INTO params (run_uuid, key, value) SELECT id, 'p' || k, (i * k / 7)::text {ids},"
        " generate_series(1, 8) AS k",
        "INSERT INTO params (run_uuid, key, value)"
        f" SELECT id, 'model', (ARRAY['forest', 'logistic', 'boosting'])[1 + mod(i, 3)] {ids}",
        "INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan)"
        f" SELECT id, 'm' || k, random(), 0, 0, false {ids}, generate_series(1, 5) AS k",
        "INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan)"
        f" SELECT id, 'roc_auc', 0.5 + random() / 2, 0, 0, false {ids}",
        # The database accepts only latest values that were logged.
        "INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan)"
        " SELECT run_uuid, key, value, timestamp, step, is_nan FROM metrics",
        f"INSERT INTO tags (run_uuid, key, value) SELECT id, 't' || k, mod(i, k)::text {ids},"
        " generate_series(1, 6) AS k",
    ]
    with lab.metadata.writer.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    with lab.metadata.owner.begin() as connection:
        connection.exec_driver_sql("ANALYZE")  # as autovacuum does later
