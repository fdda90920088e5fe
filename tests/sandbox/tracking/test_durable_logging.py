"""Logged metrics reach the database exactly once, after any interruption."""

import json
import math
import multiprocessing
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import mlflow
import pytest
from click.testing import CliRunner

import terrarium
from terrarium.cli.sync import sync
from terrarium.journal.errors import JournalUnwritableError
from terrarium.journal.line import lines_of
from terrarium.journal.paths import environment_journal, process_folders
from terrarium.record.storage import read_record
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

# Logs as fast as it can, and says after each call what was acknowledged.
_LOGGING = """
import os, sys, terrarium
lab = terrarium.connect("sdk")
with lab.experiment(sys.argv[1]).run(params={"depth": 3}) as run:
    os.write(1, f"{run.id}\\n".encode())
    for step in range(10_000_000):
        run.log_metrics({"loss": 1 / (step + 1)}, step=step)
        os.write(1, b"%d\\n" % step)
"""


def steps(lab: terrarium.Lab, run_id: str, name: str = "loss") -> list[int]:
    query = "SELECT step FROM metrics WHERE run_uuid = %s AND key = %s ORDER BY step"
    with lab.metadata.writer.connect() as connection:
        return list(connection.exec_driver_sql(query, (run_id, name)).scalars())


def status(lab: terrarium.Lab, run_id: str) -> str:
    return str(mlflow.MlflowClient(f"terrarium://{lab.environment}").get_run(run_id).info.status)


def kill_while_logging(account: Account, experiment: str, *, after: float, told: Path) -> tuple[str, int]:
    """Run id, and the last step that was acknowledged."""
    with told.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _LOGGING, experiment], stdout=output, env=account.environ()
        )
        while told.read_bytes().count(b"\n") < 2:
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(after)
        process.kill()
        process.wait()
    run_id, *acknowledged = told.read_text().split("\n")[:-1]
    return run_id, int(acknowledged[-1])


def outage(lab: terrarium.Lab, act: Callable[[], None]) -> None:
    """Do something while the database is away."""
    rds, cluster = boto3.client("rds"), lab.manifest.metadata.cluster_id
    rds.stop_db_cluster(DBClusterIdentifier=cluster)
    try:
        act()
    finally:
        rds.start_db_cluster(DBClusterIdentifier=cluster)


def test_a_killed_process_loses_nothing_and_its_run_is_ended(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    for after in (0.0, random.uniform(0.5, 1.5)):
        run_id, last = kill_while_logging(account, "killed", after=after, told=tmp_path / f"told {after}")
        assert status(lab, run_id) == "RUNNING"
        report = lab.sync()
        assert report.ended == {run_id: "KILLED"}
        kept = steps(lab, run_id)
        assert kept[: last + 1] == list(range(last + 1))
        assert len(kept) <= last + 2, "at most the call that never returned"
        assert status(lab, run_id) == "KILLED"
        record = read_record(mlflow.MlflowClient(f"terrarium://{lab.environment}"), run_id)
        assert record.evaluation is not None
        assert record.evaluation.metrics == {"loss": pytest.approx(1 / len(kept))}
        assert list(process_folders(environment_journal(lab.manifest))) == []


def test_the_next_connect_moves_remaining_lines(lab: terrarium.Lab, account: Account, tmp_path: Path) -> None:
    run_id, last = kill_while_logging(account, "moved by connect", after=0.2, told=tmp_path / "told")
    terrarium.connect(lab.environment)
    deadline = time.monotonic() + 60
    while status(lab, run_id) != "KILLED":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert steps(lab, run_id)[: last + 1] == list(range(last + 1))


_NEXT = """
import sys
import pyarrow
import terrarium

lab = terrarium.connect("sdk")
lab.datasets.create("sdk.after_a_kill", pyarrow.table({"a": [1]}))
assert "mlflow" not in sys.modules, "the replay imports it in another process"
"""


def test_a_short_process_after_a_kill_writes_undisturbed(
    lab: terrarium.Lab, account: Account, tmp_path: Path
) -> None:
    """The replay neither breaks imports of that process nor ends with it."""
    run_id, _ = kill_while_logging(account, "moved by a short process", after=0.0, told=tmp_path / "told")
    done = subprocess.run(
        [sys.executable, "-c", _NEXT], env=account.environ(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    deadline = time.monotonic() + 60
    while status(lab, run_id) != "KILLED":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_command_reports_the_moved_samples(lab: terrarium.Lab, account: Account, tmp_path: Path) -> None:
    run_id, _ = kill_while_logging(account, "by command", after=0.0, told=tmp_path / "told")
    said = CliRunner().invoke(sync, [lab.environment], catch_exceptions=False).output
    assert f"run {run_id} ended as KILLED" in said
    assert f"{lab.environment}: {len(steps(lab, run_id))} points moved" in said
    assert CliRunner().invoke(sync, [lab.environment]).output == f"{lab.environment}: 0 points moved\n"


def test_lines_that_are_moved_twice_are_stored_once(lab: terrarium.Lab) -> None:
    with lab.experiment("twice").run() as run:
        for step in range(10):
            run.log_metrics({"loss": 1 / (step + 1)}, step=step)
        (_, folder), *_ = process_folders(environment_journal(lab.manifest))
        segment = folder / "00000000.points"
        copied = segment.read_bytes()
    left = environment_journal(lab.manifest) / run.id / "somebody-1-0"
    left.mkdir(parents=True)
    (left / "00000000.points").write_bytes(copied)
    report = lab.sync()
    assert (report.points, report.ended) == (10, {})
    assert steps(lab, run.id) == list(range(10))


def test_an_absent_database_blocks_nobody_and_costs_nothing(lab: terrarium.Lab) -> None:
    with lab.experiment("outage").run() as run:
        run.log_metrics({"loss": 1.0}, step=0)

        def train() -> None:
            for step in range(1, 2000):
                run.log_metrics({"loss": 1 / (step + 1)}, step=step)
                time.sleep(0.001)

        outage(lab, train)  # which would not come back if a call waited for the database
    assert steps(lab, run.id) == list(range(2000))
    assert status(lab, run.id) == "FINISHED"


def test_a_run_that_ends_while_the_database_is_away_is_ended_by_sync(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("terrarium.experiments._metric_writer._PATIENCE", 0.0)

    def train() -> None:
        run.log_metrics({"loss": 1.0}, step=1)
        run.__exit__(ValueError, ValueError("broken"), None)

    run = lab.experiment("cut off").run()
    run.__enter__()
    outage(lab, train)
    assert "terrarium sync" in caplog.text
    assert mlflow.active_run() is None
    assert status(lab, run.id) == "RUNNING"
    assert lab.sync().ended == {run.id: "FAILED"}
    assert steps(lab, run.id) == [1]
    assert status(lab, run.id) == "FAILED"
    assert lab.sync().ended == {}


def test_a_full_disk_makes_calls_slower_and_loses_nothing(
    lab: terrarium.Lab, caplog: pytest.LogCaptureFixture
) -> None:
    """A limit to the size of files stands in for the disk."""
    with lab.experiment("full").run() as run:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
        try:
            for step in range(20):
                run.log_metrics({"loss": 1 / (step + 1)}, step=step)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
    assert steps(lab, run.id) == list(range(20))
    assert caplog.text.count("each call waits for the database") == 1


def test_a_journal_that_cannot_be_made_is_done_without(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TERRARIUM_JOURNAL", str(tmp_path / "file"))
    with lab.experiment("without").run() as run:
        run.log_metrics({"loss": 1.0})
        assert steps(lab, run.id) == [0], "in the database when the call returns"
    assert status(lab, run.id) == "FINISHED"


def test_the_call_raises_if_neither_disk_nor_database_is_writable(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TERRARIUM_JOURNAL", str(tmp_path / "file"))
    with lab.experiment("neither").run() as run:

        def train() -> None:
            with pytest.raises(JournalUnwritableError, match="neither"):
                run.log_metrics({"loss": 1.0})

        outage(lab, train)


def test_several_processes_log_to_one_run(lab: terrarium.Lab, account: Account) -> None:
    rank = """
import sys, terrarium
with terrarium.connect("sdk").experiments.join(sys.argv[1]) as run:
    for step in range(1000):
        run.log_metrics({"loss": 1.0, f"loss of rank {sys.argv[2]}": 1.0}, step=2 * step + int(sys.argv[2]))
"""
    with lab.experiment("ranks").run() as run:
        ranks = [
            subprocess.Popen([sys.executable, "-c", rank, run.id, number], env=account.environ())
            for number in "01"
        ]
        assert [process.wait() for process in ranks] == [0, 0]
    assert steps(lab, run.id) == list(range(2000))
    assert steps(lab, run.id, "loss of rank 1") == list(range(1, 2000, 2))


def test_a_forked_process_logs_to_the_run_of_its_parent(lab: terrarium.Lab) -> None:
    def child(run: terrarium.Run) -> None:
        for step in range(1000, 2000):
            run.log_metrics({"loss": 1.0}, step=step)

    with lab.experiment("forked").run() as run:
        run.log_metrics({"loss": 1.0}, step=0)
        process = multiprocessing.get_context("fork").Process(target=child, args=(run,))
        process.start()
        for step in range(1, 1000):
            run.log_metrics({"loss": 1.0}, step=step)
        process.join()
        assert process.exitcode == 0
    lab.sync()
    assert steps(lab, run.id) == list(range(2000))
    assert status(lab, run.id) == "FINISHED"


def test_values_are_kept_as_mlflow_keeps_them(lab: terrarium.Lab) -> None:
    values = [float("nan"), float("inf"), float("-inf"), 5e-324, 1e22, -0.1]
    with lab.experiment("values").run() as run:
        for step, value in enumerate(values):
            run.log_metrics({"ours": value}, step=step)
            mlflow.log_metric("theirs", value, step=step)
    client = mlflow.MlflowClient(f"terrarium://{lab.environment}")
    ours, theirs = (
        [repr(point.value) for point in client.get_metric_history(run.id, name)]
        for name in ("ours", "theirs")
    )
    assert ours == theirs
    assert client.get_run(run.id).data.metrics == {"ours": -0.1, "theirs": -0.1}


def test_the_latest_value_is_that_of_the_last_step(lab: terrarium.Lab) -> None:
    with lab.experiment("latest").run() as run:
        for step in (5, 9, 2):
            run.log_metrics({"loss": float(step)}, step=step)
        mlflow.log_metrics({"loss": 7.0}, step=7)
    data = mlflow.MlflowClient(f"terrarium://{lab.environment}").get_run(run.id).data
    assert data.metrics == {"loss": 9.0}


def test_the_journal_of_an_unknown_run_stays(lab: terrarium.Lab) -> None:
    left = environment_journal(lab.manifest) / ("f" * 32) / "somebody-1-0"
    left.mkdir(parents=True)
    (left / "00000000.points").write_bytes(b"torn")
    assert lab.sync().unknown == ("f" * 32,)
    assert left.exists()


def abandoned(lab: terrarium.Lab, run_id: str, record: str) -> Path:
    """Leave a folder as a killed process does, with this text as the record."""
    folder = environment_journal(lab.manifest) / run_id / "somebody-1-0"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(record)
    (folder / "00000000.points").write_bytes(lines_of({"loss": 0.5}, step=1, timestamp=1790000000000))
    return folder


def running(lab: terrarium.Lab, experiment: str) -> str:
    """Return the id of a run that is taken for running, although its process is gone."""
    with lab.experiment(experiment).run(params={"depth": 3}) as run:
        pass
    lab.experiments.client.update_run(run.id, status="RUNNING")
    return run.id


def test_a_journal_with_a_section_of_a_wrong_type_is_salvaged_and_stops_no_other(lab: terrarium.Lab) -> None:
    spoilt, torn, sound = (running(lab, "poisoned") for _ in range(3))
    record = read_record(lab.experiments.client, spoilt)
    stated = json.loads(record.model_dump_json()) | {"splits": {"train": 1}, "seeds": {"given": {"run": 7}}}
    abandoned(lab, spoilt, json.dumps(stated))
    abandoned(lab, torn, '{"run": ')
    abandoned(lab, sound, record.model_copy(update={"run": sound}).model_dump_json())
    (environment_journal(lab.manifest) / "notes.txt").write_text("not a run")
    report = lab.sync()
    assert report.ended == dict.fromkeys((spoilt, torn, sound), "KILLED")
    assert report.points == 3
    assert report.salvaged == {spoilt: "splits", torn: "all of it"}
    assert report.failed == {}
    salvaged = read_record(lab.experiments.client, spoilt)
    assert salvaged.splits is None
    assert "splits" in salvaged.failures
    assert salvaged.seeds is not None
    assert salvaged.seeds.given == {"run": 7}
    assert salvaged.evaluation is not None
    assert salvaged.evaluation.metrics == {"loss": 0.5}
    assert read_record(lab.experiments.client, torn).code == read_record(lab.experiments.client, sound).code
    assert list(process_folders(environment_journal(lab.manifest))) == []


def test_a_folder_that_cannot_be_moved_is_named_and_stops_no_other(lab: terrarium.Lab) -> None:
    newer, sound = sorted(running(lab, "newer") for _ in range(2))
    record = json.loads(read_record(lab.experiments.client, newer).model_dump_json())
    folder = abandoned(lab, newer, json.dumps(record | {"version": 99}))
    abandoned(lab, sound, json.dumps(record | {"run": sound}))
    result = CliRunner().invoke(sync, [lab.environment])
    assert result.exit_code == 1
    assert f"run {sound} ended as KILLED" in result.output
    assert f"{folder} could not be moved" in result.output
    assert "has version 99" in result.output
    assert [left for _, left in process_folders(environment_journal(lab.manifest))] == [folder]


def test_nan_as_the_last_value_is_on_record_of_a_killed_run(lab: terrarium.Lab) -> None:
    run_id = running(lab, "nan")
    record = read_record(lab.experiments.client, run_id)
    folder = abandoned(lab, run_id, record.model_dump_json())
    lines = lines_of({"loss": math.nan, "gain": math.inf, "roc_auc": 0.9}, step=2, timestamp=1790000000000)
    (folder / "00000000.points").write_bytes(lines)
    lab.sync()
    evaluation = read_record(lab.experiments.client, run_id).evaluation
    assert evaluation is not None
    assert math.isnan(evaluation.metrics["loss"])
    assert (evaluation.metrics["gain"], evaluation.metrics["roc_auc"]) == (math.inf, 0.9)
