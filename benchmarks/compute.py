"""Submission of jobs: `lab.compute` and plain boto3, a refused job, and an array of 200 jobs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from rich.table import Table

import terrarium
from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side
from terrarium.compute.batch.job import BatchJob
from terrarium.compute.errors import PlacementError
from terrarium.manifest import manifest_parameter

__all__ = ["compare"]

_CALLS = 20
_FILES = 500
_ARRAY = 200


def compare() -> Iterator[Comparison | Table]:
    """Compare `lab.compute` with plain calls of Batch."""
    before = Path.cwd()
    with sandboxed_lab() as lab, TemporaryDirectory() as folder:
        _make_checkout(Path(folder))
        os.chdir(folder)
        try:
            # A job that depends on an unfinished job does not run, so it does not affect the timing.
            endless = lab.compute.submit(["sleep", "3600"], name="endless", code=None)
            time.sleep(1)  # the files of the checkout are new: their fingerprints settle first
            yield _repeated(lab, endless)
            yield _first(lab, endless)
            endless.cancel()
            yield _others(lab)
        finally:
            os.chdir(before)


def _repeated(lab: terrarium.Lab, endless: BatchJob) -> Comparison:
    """Return the call of the SDK, made with boto3."""
    sent: list[str] = []
    calls: list[dict[str, Any]] = []
    batch = lab.session.client("batch")
    lab.session.client("s3").meta.events.register(
        "before-call.s3", lambda model, **_: sent.append(model.name)
    )
    batch.meta.events.register(
        "provide-client-params.batch.SubmitJob", lambda params, **_: calls.append(dict(params))
    )
    lab.compute.submit(["python", "-m", "train"], depends_on=[endless])
    sent.clear()
    call = calls[0]

    def bare() -> None:
        for _ in range(_CALLS):
            batch.submit_job(**call)

    def ours() -> None:
        for _ in range(_CALLS):
            lab.compute.submit(["python", "-m", "train"], depends_on=[endless])

    comparison = side_by_side(
        f"{_CALLS} jobs submitted from a checkout of {_FILES} files that has not changed",
        {"boto3: the same submit_job": bare, "lab.compute.submit": ours},
        rounds=9,
        at_most=1.5,
    )
    assert not sent, "S3 was asked for code that has not changed"
    return comparison


def _first(lab: terrarium.Lab, endless: BatchJob) -> Comparison:
    """Submit as `terrarium jobs submit` does: with new clients, and only the cache on disk."""
    compute, code = lab.manifest.compute, lab.artifacts.put_bytes(b"code", "code/benchmark")

    def bare() -> None:
        session = boto3.Session()
        session.client("ssm").get_parameter(Name=manifest_parameter(lab.environment), WithDecryption=True)
        session.client("s3").head_object(Bucket=code.bucket, Key=code.key)
        session.client("batch").submit_job(
            jobName="bare",
            jobQueue=compute.pools[0].queue_arn,
            jobDefinition=compute.job_definition_arn,
            shareIdentifier="benchmarks",
            dependsOn=[{"jobId": endless.id}],
            containerOverrides={"command": ["python", "-m", "train"]},
        )

    def ours() -> None:
        with_own_clients = terrarium.connect(lab.environment, session=boto3.Session())
        with_own_clients.compute.submit(["python", "-m", "train"], depends_on=[endless])

    return side_by_side(
        "the first job of a process, its code in the bucket",
        {"boto3: look up the queue, is the code there, submit": bare, "connect and submit": ours},
        rounds=9,
        at_most=1.5,
    )


def _others(lab: terrarium.Lab) -> Table:
    table = Table("", "s", title="Jobs", title_justify="left")
    table.add_row("a refusal for want of 16 GPUs", f"{_timed(_refused(lab)):.4f}")
    job = lab.compute.submit([sys.executable, "-c", ""], name="array", array=_ARRAY)
    seconds = _timed(lambda: job.results())
    assert all(state.succeeded for state in job.results())
    table.add_row(
        f"an array of {_ARRAY} jobs that fetch their code and run Python, to its end", f"{seconds:.1f}"
    )
    return table


def _refused(lab: terrarium.Lab) -> Callable[[], None]:
    def refuse() -> None:
        try:
            lab.compute.submit(["true"], resources=terrarium.Resources(gpus=16))
        except PlacementError:
            return
        raise AssertionError("no pool has 16 GPUs")

    return refuse


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _make_checkout(folder: Path) -> None:
    for number in range(_FILES):
        file = folder / f"package_{number % 20}" / f"module_{number}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"VALUE = {number}\n" * 20)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Begin"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
