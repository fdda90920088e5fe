"""Journals and caches are private to their user, also those that an earlier release created."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from terrarium.directories import cache_directory
from terrarium.errors import UnavailableError
from terrarium.io.file_lock import file_lock
from terrarium.journal.journaled_run import RunEnd, write_record_text
from terrarium.journal.paths import new_process_folder, process_folders
from terrarium.journal.writer import JournalWriter

RUN = "a" * 32


@pytest.fixture(autouse=True)
def open_umask() -> object:
    """As lax as a user's umask may be: every file would be readable and writable for everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def readable_by_others(folder: Path) -> list[str]:
    found = [folder, *folder.rglob("*")]
    return [str(path) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_journals_are_private(tmp_path: Path) -> None:
    journal = tmp_path / "journal" / "dev-cluster"
    folder = new_process_folder(journal, RUN)
    writer = JournalWriter(folder)
    writer.append(b"line\n")
    write_record_text(folder, "{}")
    RunEnd.now("FINISHED").write(folder)
    assert readable_by_others(journal) == []


def test_open_journals_are_closed(tmp_path: Path) -> None:
    journal = tmp_path / "dev-cluster"
    (journal / RUN / "process").mkdir(parents=True)
    journal.chmod(0o755)
    assert list(process_folders(journal)) == [(RUN, journal / RUN / "process")]
    assert stat.S_IMODE(journal.stat().st_mode) == 0o700


def test_caches_are_private_and_open_ones_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "terrarium").mkdir(mode=0o755)
    assert stat.S_IMODE(cache_directory().stat().st_mode) == 0o700


def test_a_home_that_cannot_be_written_has_its_cache_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cache_directory() == tmp_path / f"terrarium-{os.geteuid()}"
    assert stat.S_IMODE(cache_directory().stat().st_mode) == 0o700
    with file_lock(tmp_path / "target"):
        assert list((cache_directory() / "locks").iterdir())


def test_a_temporary_cache_of_another_user_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"terrarium-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(UnavailableError, match="belongs to another user") as refused:
        cache_directory()
    assert "XDG_CACHE_HOME" in str(refused.value)


def test_a_read_only_disk_counts_as_one_that_cannot_be_written(tmp_path: Path) -> None:
    program = (
        "import tempfile, sys; tempfile.tempdir = sys.argv[1]\n"
        "from terrarium.directories import cache_directory; print(cache_directory())"
    )
    home = tmp_path / "home"
    home.mkdir()
    script = f'mount -t tmpfs -o ro none "{home}" && exec "{sys.executable}" -c "$0" "{tmp_path}"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, program],
        env=os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    assert done.stdout.strip().startswith(f"{tmp_path}/terrarium-"), done.stderr
