"""`terrarium ui`: MLflow's UI in a real browser, without a password."""

import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import terrarium
from terrarium.search import run_id
from terrarium.ui import UiServer
from terrarium.ui.errors import UiNotStartedError
from terrarium.ui.interpreter import ui_interpreter
from tests.support.browser import browser

pytest_plugins = ["tests.support.sdk_environment"]

# The tests' cache is empty; the installer's need not be.
_UV_CACHE = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))


def recorded(lab: terrarium.Lab, tmp_path: Path) -> terrarium.RunSummary:
    (tmp_path / "notes.txt").write_text("seen in the browser")
    with lab.experiment("looked at").run("first", params={"depth": 3}) as run:
        for step in range(5):
            run.log_metrics({"loss": 1 / (step + 1)}, step=step)
        run.log_artifact(tmp_path / "notes.txt")
    (found,) = lab.experiments.search(run_id == run.id)
    return found


def test_runs_are_looked_at_in_a_browser(
    lab: terrarium.Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", _UV_CACHE)
    with browser() as window:
        run = recorded(lab, tmp_path)
        (experiment_id,) = lab.experiments.frame(run_id == run.id)["experiment_id"]
        python = ui_interpreter(say=lambda _: None)
        log = tmp_path / "ui.log"
        with UiServer(lab.environment, python=python, artifact_root="s3://x", port=0, log=log) as server:
            assert urlsplit(server.address).hostname == "127.0.0.1"
            here = f"{server.address}/#/experiments"
            window.open(here)
            window.wait_for("looked at")
            window.open(f"{here}/{experiment_id}/runs/{run.id}")
            shown = window.wait_for("first", "loss", "depth", "Finished", "terrarium.record.version")
            assert "0.2" in shown, "the latest value of the metric"
            window.open(f"{here}/{experiment_id}/runs/{run.id}/artifacts")
            window.wait_for("notes.txt", "record")
            window.run(
                "[...document.querySelectorAll('*')].filter(e => e.innerText === 'notes.txt').at(-1).click()"
            )
            window.wait_for("seen in the browser")
            window.screenshot(tmp_path / "artifacts.png")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(server.address).port or 0), timeout=5)


def test_the_error_states_why_a_server_does_not_start(lab: terrarium.Lab, tmp_path: Path) -> None:
    python = shutil.which("false")
    assert python
    broken = UiServer(
        lab.environment, python=Path(python), artifact_root="s3://x", port=0, log=tmp_path / "log"
    )
    with pytest.raises(UiNotStartedError, match="is not up") as error, broken:
        pass
    assert str(tmp_path / "log") in error.value.remedy
