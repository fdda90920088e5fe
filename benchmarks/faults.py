"""Losses when a logging process is killed or the database is unavailable: the SDK and MLflow's async logging."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
from mlflow import MlflowClient
from rich.table import Table

import terrarium
from benchmarks.plain_mlflow import plain_mlflow_uri
from benchmarks.sandboxed import sandboxed_lab

__all__ = ["compare"]

_KILLS = {"mlflow, async": 10, "mlflow, async and buffered": 10, "terrarium": 50}
_OUTAGE = 10  # s

# Each program prints its run id, then each step after its log call returned, then the slowest call in seconds.
_PROGRAM = """
import os, sys, time
{begin}
    os.write(1, f"{{run_id}}\\n".encode())
    slowest, end, step = 0.0, time.monotonic() + float(sys.argv[1]), 0
    while time.monotonic() < end:
        start = time.monotonic()
        {log}
        slowest = max(slowest, time.monotonic() - start)
        os.write(1, b"%d\\n" % step)
        step += 1
        time.sleep(0.0005)
    os.write(1, f"slowest {{slowest}}\\n".encode())
"""
_MLFLOW = _PROGRAM.format(
    begin="""
import mlflow
mlflow.set_tracking_uri(sys.argv[2])
mlflow.set_experiment("faults")
with mlflow.start_run() as run:
    run_id = run.info.run_id""",
    log='mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)',
)
_TERRARIUM = _PROGRAM.format(
    begin="""
import terrarium
with terrarium.connect("bench").experiment("faults").run() as run:
    run_id = run.id""",
    log='run.log_metrics({"loss": 1 / (step + 1)}, step=step)',
)


class _Contender:
    """A program that logs, and its environment variables."""

    def __init__(self, lab: terrarium.Lab, program: str, **variables: str) -> None:
        self._lab = lab
        self._program = program
        self._variables = variables

    def start(self, seconds: float, log_file: Path) -> "subprocess.Popen[bytes]":
        """Start the program, and wait until its first values are logged."""
        command = [sys.executable, "-c", self._program, str(seconds), plain_mlflow_uri(self._lab)]
        with log_file.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.DEVNULL, env=os.environ | self._variables
            )
        while log_file.read_bytes().count(b"\n") < 2:
            assert process.poll() is None, "it did not start"
            time.sleep(0.01)
        return process


def compare() -> Iterator[Table]:
    """Yield one table per kind of fault."""
    with sandboxed_lab("bench") as lab, TemporaryDirectory() as folder:
        # Created here, because MLflow's default is a folder of this checkout.
        MlflowClient(f"terrarium://{lab.environment}").create_experiment("faults")
        log_file = Path(folder) / "log"
        contenders = {
            "mlflow, async": _Contender(lab, _MLFLOW),
            "mlflow, async and buffered": _Contender(
                lab, _MLFLOW, MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS="2"
            ),
            "terrarium": _Contender(lab, _TERRARIUM),
        }
        table = Table("", "kills", "acknowledged", "lost", "doubled", title="kill -9 at a random moment")
        for name, contender in contenders.items():
            table.add_row(name, str(_KILLS[name]), *_killed(lab, contender, _KILLS[name], log_file))
        yield table
        table = Table(
            "",
            "acknowledged",
            "lost",
            "doubled",
            "slowest call, s",
            "ends",
            title=f"No database for {_OUTAGE} s",
        )
        for name, contender in contenders.items():
            table.add_row(name, *_without_database(lab, contender, log_file))
        yield table


def _killed(lab: terrarium.Lab, contender: _Contender, times: int, log_file: Path) -> Iterator[str]:
    total: Counter[str] = Counter()
    for _ in range(times):
        process = contender.start(60, log_file)
        time.sleep(random.uniform(0, 1.5))  # noqa: S311 - no secret
        process.send_signal(signal.SIGKILL)
        process.wait()
        lab.sync()
        total += _compared(lab, log_file)
    return _cells(total)


def _without_database(lab: terrarium.Lab, contender: _Contender, log_file: Path) -> Iterator[str]:
    rds, cluster = boto3.client("rds"), lab.manifest.metadata.cluster_id
    process = contender.start(_OUTAGE + 6, log_file)
    time.sleep(2)
    rds.stop_db_cluster(DBClusterIdentifier=cluster)
    time.sleep(_OUTAGE)
    rds.start_db_cluster(DBClusterIdentifier=cluster)
    try:
        process.wait(timeout=180)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    lab.sync()
    run_id, *_, last = log_file.read_text().split("\n")[:-1]
    yield from _cells(_compared(lab, log_file))
    yield f"{float(last.removeprefix('slowest ')):.3f}" if last.startswith("slowest") else "it never ended"
    yield str(MlflowClient(f"terrarium://{lab.environment}").get_run(run_id).info.status)


def _compared(lab: terrarium.Lab, log_file: Path) -> Counter[str]:
    """Return the number of acknowledged values, and of those in the database."""
    run_id, *lines = log_file.read_text().split("\n")[:-1]
    acknowledged = {int(line) for line in lines if not line.startswith("slowest")}
    query = "SELECT step FROM metrics WHERE run_uuid = %s AND key = 'loss'"
    with lab.metadata.writer.connect() as connection:
        kept = Counter(connection.exec_driver_sql(query, (run_id,)).scalars())
    return Counter(
        acknowledged=len(acknowledged),
        lost=len(acknowledged - kept.keys()),
        doubled=sum(times - 1 for times in kept.values()),
    )


def _cells(total: Counter[str]) -> Iterator[str]:
    yield f"{total['acknowledged']:,}"
    yield f"{total['lost']:,} ({total['lost'] / total['acknowledged']:.0%})"
    yield f"{total['doubled']:,}"
