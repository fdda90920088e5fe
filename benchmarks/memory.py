"""Memory of a process that logs while the database is unavailable."""

import subprocess
import sys
from collections.abc import Iterator

import boto3
from rich.table import Table

from benchmarks.sandboxed import sandboxed_lab

__all__ = ["compare"]

_PROGRAM = """
import os, terrarium
page = os.sysconf("SC_PAGE_SIZE")
def memory():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * page // 2**20
with terrarium.connect("bench").experiment("memory").run() as run:
    run.log_metrics({"loss": 1.0})
    print("begun", flush=True)
    input()
    for step in range(1, 10_000_001):
        run.log_metrics({"loss": 1 / step}, step=step)
        if step in (1_000, 100_000, 1_000_000, 10_000_000):
            print(step, memory(), flush=True)
    os._exit(0)
"""


def compare() -> Iterator[Table]:
    """Yield a table of resident memory by number of points that the database has not received."""
    with sandboxed_lab("bench") as lab:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        boto3.client("rds").stop_db_cluster(DBClusterIdentifier=lab.manifest.metadata.cluster_id)
        output, _ = process.communicate("\n")
    table = Table("points", "memory, MiB", title="Logging without a database: memory is meant not to grow")
    for line in output.splitlines():
        points, mebibytes = map(int, line.split())
        table.add_row(f"{points:,}", f"{mebibytes:,}")
    yield table
