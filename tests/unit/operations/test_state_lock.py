"""A lock is stale if nothing holds it any more: on this machine that is seen, elsewhere its age decides."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname

import pytest

from operations.recover.state_lock import StateLock, StateLockedError

BUCKET = "state-of-this-test"


def lock(*, who: str, age: timedelta) -> StateLock:
    return StateLock("1234", "apply", who, datetime.now(UTC) - age, BUCKET)


@pytest.fixture
def terraform(tmp_path: Path) -> Iterator[int]:
    """A program called terraform that works on the state, and its process id."""
    backend = tmp_path / ".terraform" / "terraform.tfstate"
    backend.parent.mkdir()
    backend.write_text(json.dumps({"backend": {"config": {"bucket": BUCKET}}}))
    program = tmp_path / "terraform"
    program.symlink_to("/bin/sleep" if Path("/bin/sleep").exists() else sys.executable)
    with subprocess.Popen([program, "600"], cwd=tmp_path, env=os.environ) as process:
        yield process.pid
        process.kill()


def test_a_lock_of_this_machine_is_stale_at_once_if_its_holder_ended() -> None:
    lock(who=f"ada@{gethostname()}", age=timedelta()).check_stale()


def test_a_lock_of_this_machine_is_kept_while_its_holder_runs(terraform: int) -> None:
    with pytest.raises(StateLockedError, match=f"process {terraform} on this machine"):
        lock(who=f"ada@{gethostname()}", age=timedelta(days=1)).check_stale()


def test_a_young_lock_of_another_machine_is_kept() -> None:
    with pytest.raises(StateLockedError, match="--break-lock"):
        lock(who="runner@fv-az1", age=timedelta(minutes=119)).check_stale()


def test_an_old_lock_of_another_machine_is_stale() -> None:
    lock(who="runner@fv-az1", age=timedelta(minutes=121)).check_stale()


def test_a_lock_is_described_by_who_where_when_and_for_what() -> None:
    described = lock(who="runner@fv-az1", age=timedelta(minutes=5)).described()
    assert described.startswith("locked by runner@fv-az1 for apply since 20")
    assert "5 minutes ago" in described
