"""`make` passes the index of pip to uv, which does not read pip's settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MIRROR = "https://mirror.invalid/simple"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose uv prints the index that it would use."""
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    for folder in (".venv/bin", "requirements"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "requirements" / "policy.txt").touch()
    programs = {
        "python": f'exec {sys.executable} "$@"',
        "uv": 'mkdir -p .venv-policy\necho "$UV_DEFAULT_INDEX"',
    }
    for name, script in programs.items():
        program = tmp_path / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, "", id="none"),
        pytest.param({"PIP_CONFIG_FILE": "pip.conf"}, MIRROR, id="settings of pip"),
        pytest.param({"PIP_INDEX_URL": MIRROR}, MIRROR, id="variable of pip"),
        pytest.param(
            {"PIP_CONFIG_FILE": "pip.conf", "UV_DEFAULT_INDEX": "https://uv.invalid/simple"},
            "https://uv.invalid/simple",
            id="variable of uv",
        ),
    ],
)
def test_index_of_uv(checkout: Path, variables: dict[str, str], expected: str) -> None:
    (checkout / "pip.conf").write_text(f"[global]\nindex-url = {MIRROR}\n")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    done = subprocess.run(
        ["make", "--no-print-directory", "policy-tools"],
        cwd=checkout,
        env={**inherited, "PIP_CONFIG_FILE": os.devnull, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(done.stdout.splitlines()) == {expected}
