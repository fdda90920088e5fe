"""Recording of metrics: plain MLflow, plain PostgreSQL and Terrarium, on the same database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities import Metric

import terrarium
from benchmarks.plain_mlflow import plain_mlflow_uri
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side
from terrarium.journal.drain import Drain
from terrarium.journal.line import lines_of
from terrarium.journal.writer import JournalWriter
from terrarium.metadata.metric_samples import copy_points

__all__ = ["compare"]

_CALLS = 500
_STEPS = 2000
_POINTS = 100_000
_NAMES = 10
_BATCH = 1000  # the limit of MLflow
_TIMESTAMP = 1_790_000_000_000


def compare() -> Iterator[Comparison]:
    """Measure the duration of a call, and the throughput to the database."""
    with sandboxed_lab() as lab, TemporaryDirectory() as folder:
        client = MlflowClient(plain_mlflow_uri(lab))
        experiment = client.create_experiment("tracking", artifact_location=folder)

        def new_run() -> str:
            return str(client.create_run(experiment).info.run_id)

        yield _calls(lab, client, new_run())
        yield _training(lab)
        rounds = 3
        drains = [_prepared_drain(lab, new_run(), Path(folder)) for _ in range(2 * rounds)]
        yield side_by_side(
            f"{_POINTS:,} points into the database",
            {
                "mlflow's log_batch": lambda: _log_batches(client, new_run()),
                "terrarium's drain": lambda: drains.pop()(),
            },
            rounds=rounds,
            at_most=1 / 5,
        )
        copies = [_prepared_copy(lab, new_run()) for _ in range(rounds)]
        yield side_by_side(
            f"{_POINTS:,} points into the database, beside the least that PostgreSQL has to do",
            {"COPY and upsert": lambda: copies.pop()(), "terrarium's drain": lambda: drains.pop()()},
            rounds=rounds,
            at_most=1 / 0.7,
        )


def _calls(lab: terrarium.Lab, client: MlflowClient, theirs: str) -> Comparison:
    def log_theirs() -> None:
        for step in range(_CALLS):
            client.log_metric(theirs, "loss", 1 / (step + 1), step=step)

    with lab.experiment("ours").run() as run:

        def log_ours() -> None:
            for step in range(_CALLS):
                run.log_metrics({"loss": 1 / (step + 1)}, step=step)

        return side_by_side(
            f"{_CALLS:,} calls of log_metric: meant to take {_CALLS * 20e-6:.3f} s at most",
            {"mlflow": log_theirs, "terrarium": log_ours},
            rounds=5,
            at_most=0.004,
        )


def _training(lab: terrarium.Lab) -> Comparison:
    """Measure how much logging and draining slow down a training that keeps the interpreter busy."""
    with lab.experiment("training").run() as run:

        def train(log: Callable[[int], None]) -> None:
            for step in range(_STEPS):
                sum(number * number for number in range(20_000))  # a millisecond or so of pure Python
                log(step)

        def log_ten(step: int) -> None:
            run.log_metrics({f"metric {number}": 1 / (step + 1) for number in range(_NAMES)}, step=step)

        return side_by_side(
            f"Training for {_STEPS:,} steps, {_NAMES} metrics each",
            {"not logged": lambda: train(lambda _: None), "terrarium": lambda: train(log_ten)},
            rounds=5,
            at_most=1.05,
        )


def _points() -> Iterator[tuple[str, float, int, int]]:
    """Return name, value, timestamp and step of each point."""
    for number in range(_POINTS):
        yield f"metric {number % _NAMES}", 1 / (number + 1), _TIMESTAMP + number // 10, number // _NAMES


def _log_batches(client: MlflowClient, run_id: str) -> None:
    batch: list[Metric] = []
    for point in _points():
        batch.append(Metric(*point))
        if len(batch) == _BATCH:
            client.log_batch(run_id, metrics=batch)
            batch = []


def _prepared_drain(lab: terrarium.Lab, run_id: str, folder: Path) -> Callable[[], None]:
    """Return a full journal, ready to be drained."""
    writer = JournalWriter(folder / run_id / "process")
    for name, value, timestamp, step in _points():
        writer.append(lines_of({name: value}, step=step, timestamp=timestamp))
    writer.close()

    def deliver(lines: bytes) -> None:
        with lab.metadata.writer.begin() as connection:
            copy_points(connection, run_id, lines)

    def drain() -> None:
        assert Drain(writer, deliver).finish(0) is None

    return drain


def _prepared_copy(lab: terrarium.Lab, run_id: str) -> Callable[[], None]:
    """Return a function that copies prepared rows, in batches of the size of the drain."""
    points = list(_points())
    portion = _POINTS // 2
    portions = [_copied(points[start : start + portion], run_id) for start in range(0, _POINTS, portion)]

    def copy() -> None:
        for text, newest in portions:
            with lab.metadata.writer.begin() as connection:
                cursor = connection.connection.cursor()
                columns = "key, value, timestamp, step, is_nan, run_uuid"
                with cursor.copy(f"COPY metrics ({columns}) FROM STDIN") as stream:
                    stream.write(text)
                cursor.executemany(_UPSERT, newest)

    return copy


def _copied(points: list[tuple[str, float, int, int]], run_id: str) -> tuple[str, list[tuple[object, ...]]]:
    """Return the rows in COPY's format, and the newest row of each metric: the database refuses one not yet logged."""
    rows = [f"{name}\t{value!r}\t{time}\t{step}\tf\t{run_id}\n" for name, value, time, step in points]
    newest = {name: (name, value, time, step, run_id) for name, value, time, step in points}
    return "".join(rows), list(newest.values())


_UPSERT = """
INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (%s, %s, %s, %s, false, %s)
ON CONFLICT (key, run_uuid) DO UPDATE
SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step
"""
