"""The code of a run: its commit, and a patch that brings back what was not committed."""

import subprocess
import sys
from pathlib import Path

import pytest

from terrarium.code.working_tree import Patch, WorkingTree


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "train.py").write_text("print('one')\n")
    (folder / "old.py").write_text("gone soon\n")
    (folder / ".gitignore").write_text("secret*\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def tree(folder: Path) -> WorkingTree:
    found = WorkingTree.around(folder)
    assert found is not None
    return found


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    (checkout / "package").mkdir()
    around = tree(checkout / "package")
    assert around.root == checkout.resolve()
    assert around.commit() == git(checkout, "rev-parse", "HEAD").strip()
    assert around.branch() == "main"
    assert around.repository is None
    assert around.patch() == Patch(b"")


def test_the_patch_brings_back_changed_new_removed_and_binary_files(checkout: Path, tmp_path: Path) -> None:
    (checkout / "train.py").write_bytes(b"print('zwei \xfc')\n")
    (checkout / "old.py").unlink()
    (checkout / "new folder").mkdir()
    (checkout / "new folder" / "späh.py").write_text("new\n")
    (checkout / "staged.py").write_text("staged\n")
    git(checkout, "add", "staged.py")
    (checkout / "weights.bin").write_bytes(bytes(range(256)))
    (checkout / "secret.txt").write_text("ignored")
    before = git(checkout, "status", "--porcelain"), git(checkout, "count-objects")
    patch, large, secret = tree(checkout).patch()
    assert (git(checkout, "status", "--porcelain"), git(checkout, "count-objects")) == before
    assert (large, secret) == ((), {})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(checkout), str(clone))
    (tmp_path / "code.patch").write_bytes(patch)
    git(clone, "apply", str(tmp_path / "code.patch"))

    def files(folder: Path) -> dict[str, bytes]:
        names = git(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
        return {name: (folder / name).read_bytes() for name in names if name and (folder / name).exists()}

    assert files(clone) == files(checkout)
    assert not (clone / "secret.txt").exists()


def test_large_untracked_files_are_left_out_and_named(checkout: Path) -> None:
    (checkout / "data.csv").write_bytes(b"0" * (10 * 1024 * 1024 + 1))
    (checkout / "small.py").write_text("new\n")
    patch, large, _ = tree(checkout).patch()
    assert large == ("data.csv",)
    assert b"small.py" in patch


def test_what_mlflow_keeps_beside_the_code_is_none(checkout: Path) -> None:
    (checkout / "mlruns").mkdir()
    (checkout / "mlruns" / "code.patch").write_text("of an earlier run")
    assert tree(checkout).patch() == Patch(b"")


def test_before_the_first_commit_the_patch_is_everything(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "train.py").write_text("print('one')\n")
    around = tree(tmp_path)
    assert around.commit() is None
    assert b"print('one')" in around.patch()[0]


def test_credentials_never_leave_the_remotes_address(checkout: Path) -> None:
    git(checkout, "remote", "add", "origin", "https://somebody:token@example.com/churn.git")
    assert tree(checkout).repository == "https://example.com/churn.git"


def test_an_address_by_ssh_stays(checkout: Path) -> None:
    git(checkout, "remote", "add", "upstream", "git@example.com:churn.git")
    assert tree(checkout).repository == "git@example.com:churn.git"


def test_outside_a_repository_there_is_none(tmp_path: Path) -> None:
    assert WorkingTree.around(tmp_path) is None


_PRINT_CODE = """
from terrarium.capture.code import capture_code
code = capture_code()
print(code.section.model_dump_json())
print(code.failures)
"""


@pytest.mark.parametrize(
    ("command", "entry_point"),
    [
        (["jobs/train.py"], "jobs/train.py"),
        (["-m", "jobs.train"], "-m jobs.train"),
        (["-m", "jobs"], "-m jobs"),
    ],
)
def test_the_entry_point_is_what_was_started(command: list[str], entry_point: str, checkout: Path) -> None:
    (checkout / "jobs").mkdir()
    for name in ("train", "__main__", "__init__"):
        (checkout / "jobs" / f"{name}.py").write_text(_PRINT_CODE if name != "__init__" else "")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "jobs")
    done = subprocess.run(
        [sys.executable, "-B", *command, "--depth", "3"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f'"entry_point":"{entry_point}","arguments":["--depth","3"]' in done.stdout
    assert '"dirty":false' in done.stdout


def test_without_a_repository_the_reason_is_on_record(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(_PRINT_CODE)
    done = subprocess.run(
        [sys.executable, "-B", "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "{'code.commit': 'the code lies in no git repository'}" in done.stdout
