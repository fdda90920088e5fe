"""Query executions survive the sandbox's process; workers end with it."""

import os
import signal
import time
from typing import Any

import psutil

from tests.support.local_sandbox import LocalSandbox

_ENDLESS = (
    "SELECT sum(a.x * b.x) FROM UNNEST(sequence(1, 1000000)) a(x) "
    "CROSS JOIN UNNEST(sequence(1, 1000000)) b(x) WHERE (a.x * b.x) % 7 = 3"
)


def _start(local: LocalSandbox, sql: str) -> str:
    answer = local.client("athena").start_query_execution(
        QueryString=sql, ResultConfiguration={"OutputLocation": "s3://results/"}
    )
    return str(answer["QueryExecutionId"])


def _wait(local: LocalSandbox, query_id: str, *states: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        execution: dict[str, Any] = local.client("athena").get_query_execution(QueryExecutionId=query_id)[
            "QueryExecution"
        ]
        if execution["Status"]["State"] in states:
            return execution
        time.sleep(0.05)
    raise TimeoutError(execution["Status"])


def _workers(sandbox_process: int) -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process(sandbox_process).children()
        if "terrarium_sandbox.athena.worker" in child.cmdline()
    ]


def _process(local: LocalSandbox) -> int:
    from terrarium_sandbox.home import Home
    from terrarium_sandbox.process.process_record import ProcessRecord

    record = ProcessRecord.read(Home(local.home))
    assert record is not None
    return record.process.pid


def test_a_restart_keeps_results_and_cancels_running_queries(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    own_sandbox.client("s3").create_bucket(
        Bucket="results", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    answered = _start(own_sandbox, "SELECT 5 AS five")
    _wait(own_sandbox, answered, "SUCCEEDED")
    running = _start(own_sandbox, _ENDLESS)
    _wait(own_sandbox, running, "RUNNING")
    own_sandbox.command("down")
    own_sandbox.command("up", "--port", "0")
    athena = own_sandbox.client("athena")
    rows = athena.get_query_results(QueryExecutionId=answered)["ResultSet"]["Rows"]
    assert [row["Data"] for row in rows] == [[{"VarCharValue": "five"}], [{"VarCharValue": "5"}]]
    assert _wait(own_sandbox, running, "CANCELLED", "FAILED")


def test_workers_end_with_a_sandbox_that_is_killed(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    own_sandbox.client("s3").create_bucket(
        Bucket="results", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    _wait(own_sandbox, _start(own_sandbox, _ENDLESS), "RUNNING")
    process = _process(own_sandbox)
    workers = _workers(process)
    assert workers
    os.kill(process, signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
