"""Jobs when the sandbox ends and starts again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from terrarium.manifest import PlatformManifest
from terrarium_sandbox.client.client_environment import client_environment
from terrarium_sandbox.home import Home
from terrarium_sandbox.process import lifecycle
from tests.support.batch_jobs import BatchJobs, eventually
from tests.support.provisioning.compute import create_compute
from tests.support.provisioning.environment import ACCOUNT, Account
from tests.unit.example_manifest import example_manifest

_FOR_EVER = "import os, time; print(os.getpid(), flush=True); time.sleep(3600)"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    yield home
    lifecycle.down(home)


@pytest.fixture
def manifest(home: Home, monkeypatch: pytest.MonkeyPatch) -> PlatformManifest:
    """An environment that can run jobs, and nothing else."""
    _enter(home, monkeypatch)
    manifest = example_manifest("jobs", account=ACCOUNT.account)
    return manifest.model_validate(manifest.model_dump() | {"compute": create_compute(manifest)})


def _enter(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    Account(client_environment(lifecycle.up(home, port=0), ACCOUNT, checkout=None)).enter(monkeypatch)


def test_jobs_survive_a_restart_and_those_that_ran_lose_their_host(
    home: Home, manifest: PlatformManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = BatchJobs(manifest)
    finished = before.python("print('done')")
    before.ended(finished)
    running = before.python(_FOR_EVER, retryStrategy={"attempts": 1})
    waiting = before.python("print('at last')", dependsOn=[{"jobId": finished}, {"jobId": running}])
    reclaimed = before.python(_FOR_EVER)
    pids = [_pid(before, job) for job in (running, reclaimed)]
    lifecycle.down(home)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    _enter(home, monkeypatch)
    after = BatchJobs(manifest)
    assert after.describe(finished)["status"] == "SUCCEEDED"
    assert after.output(finished) == ["done"]
    lost = after.ended(running)
    assert lost["status"] == "FAILED"
    assert lost["statusReason"].startswith("Host EC2 (instance i-")
    assert after.ended(waiting)["statusReason"] == "Dependent Job failed"
    again = after.reaches(reclaimed, "RUNNING")
    assert again["attempts"][0]["statusReason"].startswith("Host EC2"), "its strategy tries that again"


def test_a_killed_sandbox_leaves_no_process_behind_once_it_is_back(
    home: Home, manifest: PlatformManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = BatchJobs(manifest)
    job = before.python(_FOR_EVER, retryStrategy={"attempts": 1})
    orphan = psutil.Process(_pid(before, job))
    sandbox = lifecycle.require_running(home).record.process.pid
    os.kill(sandbox, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(sandbox)] if psutil.pid_exists(sandbox) else [], timeout=60)
    _enter(home, monkeypatch)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def _pid(batch: BatchJobs, job: str) -> int:
    """Return the process id that a job has printed."""
    batch.reaches(job, "RUNNING")
    return int(eventually(lambda: batch.output(job))[0])
