"""The sandbox as two wheels in an environment of their own, without a checkout."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest

from terrarium_sandbox.home import Home
from terrarium_sandbox.process.process_record import ProcessRecord

_CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with both wheels; it borrows their requirements from this environment."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        ["make", "wheels", f"DIST={folder / 'dist'}"], cwd=_CHECKOUT, check=True, capture_output=True
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    wheels = [str(wheel) for wheel in (folder / "dist").iterdir()]
    uv = Path(sys.executable).with_name("uv")
    options = ["--quiet", "--offline", "--no-deps", "--python", str(python)]
    subprocess.run([uv, "pip", "install", *options, *wheels], check=True)
    (site,) = (folder / "venv" / "lib").glob("*/site-packages")
    (site / "requirements.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent


def _run(folder: Path, home: Path, *arguments: str) -> str:
    environment = {**os.environ, "TERRARIUM_SANDBOX_HOME": str(home)}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [folder / "terrarium", "sandbox", *arguments],
        cwd=home.parent,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_runs_from_its_wheel(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        assert "The sandbox is up" in _run(installed, home, "up", "--port", "0")
        assert "The sandbox is up" in _run(installed, home, "status")
        assert _interpreter(home).startswith(str(installed))
    finally:
        assert "The sandbox is down" in _run(installed, home, "down")
    assert "The sandbox is down" in _run(installed, home, "status")


def _interpreter(home: Path) -> str:
    record = ProcessRecord.read(Home(home))
    assert record is not None
    return psutil.Process(record.process.pid).cmdline()[0]
