"""Trees of commits with patches, and the search for repositories."""

import subprocess
from pathlib import Path

import pytest

from terrarium.code import Repository, Trees
from terrarium.code.errors import CommitNotFoundError, PatchError


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of one commit: train.py, and a .gitignore that names `data`."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "train.py").write_text("print(1)\n")
    (folder / ".gitignore").write_text("data\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin")
    return folder


def test_a_commit_with_its_patch_is_the_tree_it_was_recorded_from(checkout: Path) -> None:
    commit = git(checkout, "rev-parse", "HEAD").strip()
    (checkout / "train.py").write_text("print(2)\n")
    patch = git(checkout, "diff", "HEAD").encode()
    status = git(checkout, "status", "--porcelain")
    with Trees(Repository(checkout)) as trees:
        recorded = trees.patched(commit, patch)
        assert trees.changed_files(recorded, trees.working()) == []
        plain = trees.patched(commit, b"")
        assert trees.changed_files(plain, recorded) == ["train.py"]
        assert "-print(1)\n+print(2)" in trees.difference(plain, recorded)
    assert git(checkout, "status", "--porcelain") == status, "the index is as it was"
    assert git(checkout, "count-objects").startswith("4 objects"), (
        "commit, tree and two files: nothing was added"
    )


def test_untracked_files_are_code_and_ignored_ones_are_not(checkout: Path) -> None:
    commit = git(checkout, "rev-parse", "HEAD").strip()
    (checkout / "new.py").touch()
    (checkout / "data").touch()
    with Trees(Repository(checkout)) as trees:
        assert trees.changed_files(trees.patched(commit, b""), trees.working()) == ["new.py"]


def test_a_patch_of_another_commit_is_told(checkout: Path) -> None:
    patch = b"--- a/other.py\n+++ b/other.py\n@@ -1 +1 @@\n-a\n+b\n"
    with Trees(Repository(checkout)) as trees, pytest.raises(PatchError, match=r"other\.py"):
        trees.patched("HEAD", patch)


def test_a_commit_that_is_not_here_is_looked_for_where_it_came_from(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    commit = git(checkout, "rev-parse", "HEAD").strip()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    found = Repository.holding(commit, start=elsewhere, remote=str(checkout))
    assert found.root.is_relative_to(tmp_path / "cache")
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "Go on")
    later = git(checkout, "rev-parse", "HEAD").strip()
    assert Repository.holding(later, start=elsewhere, remote=str(checkout)).root == found.root, "fetched"
    with pytest.raises(CommitNotFoundError, match="0" * 40):
        Repository.holding("0" * 40, start=checkout, remote=str(checkout))


def test_a_worktree_is_made_beside_the_checkout_and_made_anew(checkout: Path, tmp_path: Path) -> None:
    repository, again = Repository(checkout), tmp_path / "again"
    for _ in range(2):
        repository.add_worktree(again, "HEAD")
        assert (again / "train.py").read_text() == "print(1)\n"
        (again / "train.py").write_text("changed")
    assert git(checkout, "worktree", "list").count("\n") == 2, "the checkout and one worktree"
