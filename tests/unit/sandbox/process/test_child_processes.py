"""Recorded child processes, which the next sandbox ends if this one is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from terrarium_sandbox.process.child_processes import Children
from terrarium_sandbox.process.processes import ProcessIdentity, wait_for_end

_SLEEP = "import time; time.sleep(600)"
_DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {_SLEEP}"


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path / "children")
    yield children
    children.end_all(patience_seconds=0)


def _start(children: Children, name: str, tmp_path: Path, program: str = _SLEEP) -> psutil.Process:
    with (tmp_path / "log").open("ab") as log:
        return psutil.Process(children.start(name, [sys.executable, "-c", program], log=log).pid)


def test_ends_the_children_of_a_name_and_leaves_the_others(children: Children, tmp_path: Path) -> None:
    one, other = _start(children, "one", tmp_path), _start(children, "other", tmp_path)
    assert children.end("one") == [one.pid]
    assert wait_for_end([one], patience_seconds=0) == []
    assert children.running() == [other.pid]


def test_a_later_sandbox_finds_processes_of_an_earlier_one(children: Children, tmp_path: Path) -> None:
    orphan = _start(children, "orphan", tmp_path)
    later = Children(tmp_path / "children")
    assert later.end_all() == [orphan.pid]
    assert wait_for_end([orphan], patience_seconds=0) == []
    assert later.end_all() == []


def test_kills_processes_that_do_not_stop(children: Children, tmp_path: Path) -> None:
    deaf = _start(children, "deaf", tmp_path, _DEAF)
    while b"deaf" not in (tmp_path / "log").read_bytes():
        pass
    children.end("deaf", patience_seconds=0.1)
    assert wait_for_end([deaf], patience_seconds=60) == []


def test_ends_descendants_too(children: Children, tmp_path: Path) -> None:
    parent = _start(
        children,
        "parent",
        tmp_path,
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_SLEEP!r}]); {_SLEEP}",
    )
    while not (family := parent.children()):
        pass
    children.end_all()
    assert wait_for_end([parent, *family], patience_seconds=60) == []


def test_a_process_that_only_has_the_same_id_is_left_alone(tmp_path: Path) -> None:
    """After a reboot the id on record may belong to anybody."""
    stranger = subprocess.Popen([sys.executable, "-c", _SLEEP])
    children = Children(tmp_path / "children")
    children.record("stranger", stranger.pid)
    record = tmp_path / "children" / f"{stranger.pid}.json"
    started = ProcessIdentity.of(stranger.pid).started
    record.write_text(record.read_text().replace(str(started), str(started - 3600)))
    assert children.running() == []
    assert children.end_all() == []
    assert stranger.poll() is None
    stranger.send_signal(signal.SIGKILL)
    stranger.wait()


def test_who_does_not_run_cannot_be_put_on_record(children: Children) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(ProcessLookupError):
        children.record("ended", ended.pid)
