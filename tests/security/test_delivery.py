"""Files that a CI job passes to another are verified, and installed from wheels with their hashes."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modules.sdk_release import sdk_release
from operations.sdk.release_folder import build_release
from tests.support.wheels import write_wheel

ROOT = Path(__file__).parents[2]


def _handover(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m operations.handover ARGUMENTS` in a folder, by a Python without any package."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-S", "-m", "operations.handover", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


@pytest.fixture
def packed(tmp_path: Path) -> tuple[Path, str]:
    """Return the archive of a synthesized stack by `python -m operations.handover pack`, and its printed digest."""
    stack = tmp_path / "first" / "synthesized"
    (stack / ".terraform").mkdir(parents=True)
    (stack / ".terraform" / "provider").write_text("brought by terraform init")
    (stack / "cdk.tf.json").write_text("{}")
    done = _handover(tmp_path / "first", "pack", "handover.tar", "synthesized")
    assert done.returncode == 0, done.stderr
    (tmp_path / "second").mkdir()
    shutil.copyfile(tmp_path / "first" / "handover.tar", tmp_path / "second" / "handover.tar")
    return tmp_path / "second", done.stdout.strip().removeprefix("digest=")


def test_unpacks_the_packed_files(packed: tuple[Path, str]) -> None:
    """`python -m operations.handover unpack` needs the digest as well."""
    folder, digest = packed
    assert _handover(folder, "unpack", "handover.tar", digest).returncode == 0
    assert (folder / "synthesized" / "cdk.tf.json").read_text() == "{}"
    assert not (folder / "synthesized" / ".terraform").exists()


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_refuses_an_archive_that_was_replaced(packed: tuple[Path, str], digest: str) -> None:
    folder, _ = packed
    refused = _handover(folder, "unpack", "handover.tar", digest)
    assert refused.returncode == 1
    assert "the archive was replaced" in refused.stderr
    assert not (folder / "synthesized").exists()


@pytest.fixture
def delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout after the handover: the Makefile, and a release of the SDK with a lock of one dependency."""
    write_wheel(tmp_path / "index", name="dependency", version="1.0", source="answer = 42")
    digest = hashlib.sha256((tmp_path / "index/dependency-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    lock = tmp_path / "lock.txt"
    lock.write_text(f"dependency==1.0 --hash=sha256:{digest}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    checkout = tmp_path / "checkout"
    build_release(sdk_release(), folder=checkout / "build" / "sdk", lock=lock)
    shutil.copyfile(ROOT / "Makefile", checkout / "Makefile")
    monkeypatch.delenv("PIP_FIND_LINKS")
    return checkout


def _make_delivery(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "delivery", f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=checkout, check=False, capture_output=True, text=True)


def test_the_sdk_is_installed_from_the_wheels_that_were_handed_over(delivered: Path) -> None:
    done = _make_delivery(delivered)
    assert done.returncode == 0, done.stderr
    code = "import dependency; from importlib.metadata import version; print(version('terrarium-ml'))"
    python = delivered / ".venv/bin/python"
    found = subprocess.run([python, "-c", code], cwd=delivered, check=True, capture_output=True, text=True)
    assert found.stdout.strip().endswith(f"+r{sdk_release().id}")


def test_a_wheel_that_was_replaced_is_not_installed(delivered: Path) -> None:
    (wheel,) = (delivered / "build/sdk").rglob("dependency-*.whl")
    write_wheel(wheel.parent, name="dependency", version="1.0", source="answer = 'of mallory'")
    done = _make_delivery(delivered)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
