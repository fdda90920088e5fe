"""Contents of a code archive, and changes that make it another one."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from terrarium.artifacts import ArtifactRef
from terrarium.capture.shipped import ShippedCode
from terrarium.compute.code.archive import pack
from terrarium.compute.code.file_fingerprints import FileMarks
from terrarium.compute.code.files import CodeFiles, checkout_around
from terrarium.compute.code.unpacking import unpack
from terrarium.compute.code.upload_cache import SentCode, keep_sent_code, read_sent_code
from terrarium.compute.errors import CodeNotShippableError


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of one commit, with something ignored, something new, something changed, something gone."""
    folder = tmp_path / "checkout"
    (folder / "package").mkdir(parents=True)
    (folder / "empty").mkdir()
    for name in ("train.py", "gone.py", "package/model.py"):
        (folder / name).write_text("1\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / ".gitignore").write_text("data/\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin")
    (folder / "data").mkdir()
    (folder / "data" / "rows.csv").write_text("1,2\n")
    (folder / "train.py").write_text("2\n")
    (folder / "new.py").write_text("3\n")
    (folder / "gone.py").unlink()
    return folder


def test_a_snapshot_has_the_working_tree_without_ignored_files(checkout: Path, tmp_path: Path) -> None:
    unpack(pack(CodeFiles.of(checkout)), tmp_path / "there")
    there = tmp_path / "there"
    files = {str(file.relative_to(there)) for file in there.rglob("*") if file.is_file()}
    own = {".terrarium/code.json", ".terrarium/code.patch"}
    assert files - own == {".gitignore", "new.py", "package/model.py", "run.sh", "train.py"}
    assert (there / "train.py").read_text() == "2\n"
    assert os.access(there / "run.sh", os.X_OK)


def test_a_snapshot_states_its_commit_and_patch(checkout: Path, tmp_path: Path) -> None:
    unpack(pack(CodeFiles.of(checkout)), tmp_path / "there")
    shipped = ShippedCode.around(tmp_path / "there" / "package")
    assert shipped is not None
    assert shipped.root == tmp_path / "there"
    assert shipped.commit() == git(checkout, "rev-parse", "HEAD").strip()
    assert shipped.branch() == "main"
    patch, large, secret = shipped.patch()
    assert (b"new.py" in patch, b"gone.py" in patch, large, secret) == (True, True, (), {})


def test_equal_code_in_another_folder_gives_the_same_snapshot(checkout: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "-m", "Go on")
    git(tmp_path, "clone", "--quiet", str(checkout), str(clone))
    git(clone, "remote", "remove", "origin")
    git(checkout, "gc", "--quiet")
    assert pack(CodeFiles.of(checkout)) == pack(CodeFiles.of(clone))


@pytest.mark.parametrize(
    "change",
    [
        "edit",
        "edit in disguise",
        "permit",
        "add",
        "add where nothing was",
        "remove",
        "commit",
        "remote",
        "ignore",
    ],
)
def test_detects_changes_of_the_code(checkout: Path, change: str) -> None:
    files = CodeFiles.of(checkout)
    assert files.marks.unchanged()
    match change:
        case "edit":
            (checkout / "new.py").write_text("4, longer\n")
        case "edit in disguise":
            before = (checkout / "new.py").stat()
            (checkout / "new.py").write_text("4\n")
            os.utime(checkout / "new.py", ns=(before.st_atime_ns, before.st_mtime_ns))
        case "permit":
            (checkout / "new.py").chmod(0o755)
        case "remote":
            git(checkout, "remote", "add", "origin", "https://example.com/churn.git")
        case "add":
            (checkout / "package" / "another.py").touch()
        case "add where nothing was":
            (checkout / "empty" / "first.py").touch()
        case "remove":
            (checkout / "package" / "model.py").unlink()
        case "commit":
            git(checkout, "commit", "--quiet", "--all", "-m", "Go on")
        case "ignore":
            (checkout / ".gitignore").write_text("data/\nnew.py\n")
    assert not files.marks.unchanged()


def test_ignores_changes_of_ignored_files(checkout: Path) -> None:
    files = CodeFiles.of(checkout)
    (checkout / "data" / "more.csv").touch()
    (checkout / "data" / "rows.csv").write_text("other\n")
    assert files.marks.unchanged()


def test_does_not_remember_files_that_changed_a_moment_ago(checkout: Path) -> None:
    hour = 3600 * 10**9  # as sure as possible
    files = CodeFiles.of(checkout)
    later = {path: mark and (mark[0] + hour, mark[1]) for path, mark in files.marks.seen.items()}
    assert not FileMarks(later).settled()
    long_ago = {path: mark and (mark[0] - hour, mark[1]) for path, mark in files.marks.seen.items()}
    assert FileMarks(long_ago).settled()


def test_the_identity_is_readable(checkout: Path, tmp_path: Path) -> None:
    unpack(pack(CodeFiles.of(checkout)), tmp_path)
    assert set(json.loads((tmp_path / ".terrarium" / "code.json").read_text())) == {
        "branch",
        "commit",
        "repository",
    }


def test_detects_a_commit_in_a_worktree(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
    files = CodeFiles.of(checkout_around(tmp_path / "other" / "package"))
    assert files.root == tmp_path / "other"
    assert files.marks.unchanged()
    git(tmp_path / "other", "commit", "--quiet", "--allow-empty", "-m", "Go on")
    assert not files.marks.unchanged()


def test_later_processes_find_the_last_upload(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ref = ArtifactRef(bucket="code", key="k", version_id="1", digest=f"sha256:{'0' * 64}", size=1)
    sent = SentCode(ref, CodeFiles.of(checkout).marks)
    keep_sent_code(checkout, "code", sent)
    assert read_sent_code(checkout, "code") == sent
    assert read_sent_code(checkout, "another") is None
    (kept,) = (tmp_path / "cache" / "terrarium" / "code").iterdir()
    for rubbish in ("", "[]", "[1, 2, 3]", '[1, "s3://x", {}]', '[0, "", {}]'):
        kept.write_text(rubbish)
        assert read_sent_code(checkout, "code") is None


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside.txt", "package/../../outside.txt"])
def test_refuses_links_that_lead_out_of_the_checkout_by_name(checkout: Path, target: str) -> None:
    (checkout / "linked").symlink_to(target)
    git(checkout, "add", "linked")
    with pytest.raises(CodeNotShippableError, match=f"linked -> {target}"):
        pack(CodeFiles.of(checkout))


def test_uploads_links_within_the_checkout(checkout: Path, tmp_path: Path) -> None:
    (checkout / "package" / "linked.py").symlink_to("../train.py")
    git(checkout, "add", "package")
    unpack(pack(CodeFiles.of(checkout)), tmp_path / "there")
    assert (tmp_path / "there" / "package" / "linked.py").read_text() == "2\n"
