"""One access to git: the repository of the folder, whatever git's own variables name."""

import subprocess
from pathlib import Path

import pytest

from terrarium.code.git import checkout_root, git
from terrarium.code.working_tree import WorkingTree
from terrarium.compute.code.files import checkout_around


def commit(folder: Path, message: str) -> str:
    folder.mkdir()
    identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    for command in (
        ["init", "--quiet", "--initial-branch", "main"],
        [*identity, "commit", "--quiet", "--allow-empty", "--message", message],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    return head.stdout.strip()


def test_every_access_reads_the_repository_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, folder = tmp_path / "other", tmp_path / "folder"
    commit(other, "Begin another repository")
    head = commit(folder, "Begin")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))  # as git sets it in a hook of the other repository
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    tree = WorkingTree.around(folder)
    assert tree is not None
    assert tree.commit() == head
    assert git("rev-parse", "HEAD", folder=folder).decode().strip() == head
    assert checkout_root(folder) == checkout_around(folder) == tree.root == folder.resolve()


def test_a_folder_that_does_not_exist_lies_in_the_checkout_around_it(tmp_path: Path) -> None:
    commit(tmp_path / "folder", "Begin")
    assert checkout_root(tmp_path / "folder" / "package" / "none") == tmp_path / "folder"
    assert checkout_root(tmp_path / "none") is None
