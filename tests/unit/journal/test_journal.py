"""A journal: what was appended is there, whole, whatever happened since."""

import math
import os
import resource
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from terrarium.io.folder_lock import FolderLock
from terrarium.journal.errors import JournalUnwritableError, MetricRefusedError
from terrarium.journal.journaled_run import RunEnd, discard_folder, read_record_text, write_record_text
from terrarium.journal.line import is_whole, lines_of
from terrarium.journal.paths import new_process_folder, process_folders
from terrarium.journal.reader import Follower, abandoned_segments
from terrarium.journal.writer import SEGMENT_BYTES, JournalWriter


@pytest.fixture
def writer(tmp_path: Path) -> JournalWriter:
    return JournalWriter(new_process_folder(tmp_path, "run"))


def read_all(follower: Follower) -> bytes:
    lines = b""
    while more := follower.read():
        lines += more
        follower.done()
    return lines


def test_a_line_is_what_postgresql_reads_and_its_checksum() -> None:
    line = lines_of({"loss": 0.1}, step=3, timestamp=1790000000000)
    assert line.startswith(b"loss\t0.1\t1790000000000\t3\t")
    assert is_whole(line)
    assert not is_whole(line.replace(b"0.1", b"0.2"))
    assert not is_whole(line[:-1])
    assert not is_whole(b"")


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        ("tab\there", 1.0, 0),
        ("x" * 251, 1.0, 0),
        ("loss", "much", 0),
        ("loss", None, 0),
        ("loss", 1.0, 2**63),
        ("loss", 1.0, None),
        ("loss", "0.5", 0),
        ("loss", 10**400, 0),
        pytest.param("loss", 2**20_000, 0, id="an integer of 6,000 digits"),
        ("loss", np.array([0.5, 0.6]), 0),
        ("loss", 1.0, math.inf),
        ("loss", 1.0, math.nan),
        ("loss", 1.0, 1.5),
        ("loss", 1.0, True),
        ("loss\n", 1.0, 0),
        ("lo\x00ss", 1.0, 0),
        ("\ud800", 1.0, 0),
        ("", 1.0, 0),
        (None, 1.0, 0),
    ],
)
def test_what_the_database_could_not_hold_is_refused_when_it_is_logged(
    name: str, value: float, step: int
) -> None:
    with pytest.raises(MetricRefusedError):
        lines_of({name: value}, step=step, timestamp=0)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (math.nan, b"nan"),
        (-math.inf, b"-inf"),
        (np.float32(0.5), b"0.5"),
        (np.array(2), b"2.0"),
        (True, b"1.0"),
        (Fraction(1, 4), b"0.25"),
    ],
)
def test_numbers_of_every_library_are_recorded(value: float, kept: bytes) -> None:
    assert lines_of({"loss": value}, step=0, timestamp=0).startswith(b"loss\t%b\t" % kept)


@pytest.mark.parametrize("step", [3, 3.0, np.int64(3)])
def test_whole_steps_of_every_library_are_recorded(step: int) -> None:
    assert b"\t3\t" in lines_of({"loss": 0.5}, step=step, timestamp=0)


def test_a_follower_reads_everything_once_and_removes_what_is_done(writer: JournalWriter) -> None:
    line = lines_of({"loss": 0.1}, step=3, timestamp=1790000000000)
    follower = Follower(writer)
    written = read = b""
    for chunk in range(7):
        writer.append(line * (SEGMENT_BYTES // len(line) // 2))
        written += line * (SEGMENT_BYTES // len(line) // 2)
        if chunk % 2:
            read += read_all(follower)
    read += read_all(follower)
    assert read == written
    assert follower.read() == b""
    assert len(list(writer.folder.glob("*.points"))) == 1


def test_what_was_read_and_not_done_is_read_again(writer: JournalWriter) -> None:
    writer.append(b"a\n")
    follower = Follower(writer)
    assert follower.read() == b"a\n"
    writer.append(b"b\n")
    assert follower.read() == b"a\nb\n"
    follower.done()
    assert follower.read() == b""


def test_torn_lines_cost_no_others(writer: JournalWriter) -> None:
    first, second, third = (lines_of({"loss": value}, step=0, timestamp=0) for value in (1.0, 2.0, 3.0))
    writer.append(first)
    writer.append(second[:-4])
    writer.append(b"\n" + third)
    writer.append(third[:-1])
    (segment,) = abandoned_segments(writer.folder)
    assert segment.lines == first + third
    assert (segment.points, segment.torn) == (2, 2)


def test_a_full_disk_takes_a_line_whole_or_not_at_all(writer: JournalWriter) -> None:
    """A limit to the size of files stands in for the disk: the kernel writes in part up to it, then refuses."""
    line = lines_of({"loss": 0.1}, step=3, timestamp=0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * len(line) + 7, before[1]))
    try:
        writer.append(line * 2)
        for _ in range(2):
            with pytest.raises(JournalUnwritableError, match="TERRARIUM_JOURNAL"):
                writer.append(line)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    writer.append(line)
    (segment,) = abandoned_segments(writer.folder)
    assert (segment.points, segment.torn) == (3, 0)


def test_a_journal_that_cannot_be_made_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnwritableError, match="file"):
        JournalWriter(new_process_folder(tmp_path / "file", "run"))


def test_a_living_process_is_told_from_a_dead_one(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from terrarium.journal.writer import JournalWriter\n"
        f"JournalWriter(Path({str(tmp_path)!r}) / {'f' * 32!r} / 'process').append(b'line\\n')\n"
        "print('up', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    ((run_id, folder),) = process_folders(tmp_path)
    assert run_id == "f" * 32
    assert FolderLock.take(folder) is None
    process.kill()
    process.wait()
    process.stdout.close()
    lock = FolderLock.take(folder)
    assert lock is not None
    lock.release()


def test_a_forked_process_does_not_hold_its_parents_journal(writer: JournalWriter) -> None:
    child = os.fork()
    if child == 0:
        writer.lock.release()
        time.sleep(60)
        os._exit(0)
    try:
        assert FolderLock.take(writer.folder) is None, "the parent holds it still"
        writer.lock.release()
        deadline = time.monotonic() + 30
        while (lock := FolderLock.take(writer.folder)) is None:
            assert time.monotonic() < deadline, "the child does not"
            time.sleep(0.01)
        lock.release()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_process_that_left_no_end_was_killed_when_it_last_wrote(writer: JournalWriter) -> None:
    writer.append(b"line\n")
    end = RunEnd.read(writer.folder)
    assert end.status == "KILLED"
    assert abs(end.time - time.time() * 1000) < 60_000
    RunEnd.now("FAILED").write(writer.folder)
    assert RunEnd.read(writer.folder).status == "FAILED"


def test_the_owner_of_a_run_is_known_by_the_record_it_leaves(writer: JournalWriter) -> None:
    assert read_record_text(writer.folder) is None
    write_record_text(writer.folder, "{}")
    assert read_record_text(writer.folder) == "{}"


def test_the_folder_of_a_run_goes_with_the_last_of_its_processes(tmp_path: Path) -> None:
    first, second = (new_process_folder(tmp_path, "f" * 32) for _ in range(2))
    for folder in (first, second):
        JournalWriter(folder)
    discard_folder(first)
    assert second.exists()
    discard_folder(second)
    assert list(process_folders(tmp_path)) == []
