"""No process of the UI's server outlives the process that serves the UI, however that ends."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from terrarium.ui import UiServer

_PATIENCE = 60.0  # s
_SERVE = """
import os, sys, time
from pathlib import Path
from terrarium.ui import UiServer
python, log = map(Path, sys.argv[1:])
with UiServer("dev", python=python, artifact_root="s3://x", port=0, log=log) as server:
    if not os.fork():  # a process that inherits the pipe and lives on, as those of multiprocessing may
        os.close(1)
        time.sleep(30)
        os._exit(0)
    print("up", flush=True)
    server.wait()
"""


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in for an interpreter that has all of MLflow."""
    monkeypatch.setenv("UI_SERVER_PROCESSES", str(tmp_path / "processes"))
    program = tmp_path / "python"
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("stand_in_server.py")} "$@"\n'
    )
    program.chmod(0o755)
    return program


def _processes(tmp_path: Path) -> list[psutil.Process]:
    return [psutil.Process(int(pid)) for pid in (tmp_path / "processes").read_text().split()]


def _running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name
)
def test_a_killed_ui_leaves_no_server_behind(python: Path, tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE, python, tmp_path / "log"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as ui:
        try:
            assert ui.stdout is not None
            assert ui.stdout.readline() == b"up\n", (tmp_path / "log").read_text()
            servers = _processes(tmp_path)
            assert len(_running(servers)) == 2
            ui.send_signal(number)
            ui.wait(_PATIENCE)  # under nohup, SIGHUP is ignored: fail instead of waiting
            deadline = time.monotonic() + _PATIENCE
            while _running(servers):
                assert time.monotonic() < deadline, f"{_running(servers)} still run"
                time.sleep(0.05)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(ui.pid, signal.SIGKILL)


def test_the_end_of_the_block_ends_a_process_that_ignores_sigterm(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UI_SERVER_STUBBORN", "1")
    with UiServer("dev", python=python, artifact_root="s3://x", port=0, log=tmp_path / "log"):
        servers = _processes(tmp_path)
        assert len(_running(servers)) == 2
    assert _running(servers) == []
