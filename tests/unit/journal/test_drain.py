"""The drain: everything arrives once the other end takes it, and nobody waits for it meanwhile."""

import threading
from pathlib import Path

import pytest

from terrarium.journal.drain import Drain
from terrarium.journal.paths import new_process_folder
from terrarium.journal.writer import SEGMENT_BYTES, JournalWriter


@pytest.fixture
def writer(tmp_path: Path) -> JournalWriter:
    return JournalWriter(new_process_folder(tmp_path, "run"))


def test_everything_arrives_in_order(writer: JournalWriter) -> None:
    arrived: list[bytes] = []
    drain = Drain(writer, arrived.append)
    sent = [b"%d\n" % number for number in range(1000)]
    for line in sent:
        writer.append(line)
    writer.close()
    assert drain.finish(0) is None
    assert b"".join(arrived) == b"".join(sent)


def test_what_was_refused_is_sent_again(writer: JournalWriter) -> None:
    arrived: list[bytes] = []
    refusals = [ConnectionError("away"), ConnectionError("away still")]

    def deliver(lines: bytes) -> None:
        if refusals:
            raise refusals.pop()
        arrived.append(lines)

    drain = Drain(writer, deliver)
    writer.append(b"a\n")
    writer.close()
    assert drain.finish(30) is None
    assert arrived == [b"a\n"]


def test_in_the_end_it_says_what_stood_in_the_way_and_leaves_everything(writer: JournalWriter) -> None:
    def deliver(_: bytes) -> None:
        raise ConnectionError("away")

    drain = Drain(writer, deliver)
    writer.append(b"a\n")
    writer.close()
    problem = drain.finish(0)
    assert isinstance(problem, ConnectionError)
    assert [path.read_bytes() for path in writer.folder.glob("*.points")] == [b"a\n"]


def test_a_database_that_hangs_keeps_nobody_waiting_and_no_points_in_memory(writer: JournalWriter) -> None:
    hanging, let_go = threading.Event(), threading.Event()
    largest = 0

    def deliver(lines: bytes) -> None:
        nonlocal largest
        largest = max(largest, len(lines))
        hanging.set()
        let_go.wait()

    drain = Drain(writer, deliver)
    line = b"x" * 1023 + b"\n"
    writer.append(line)
    hanging.wait()
    for _ in range(4 * SEGMENT_BYTES // len(line)):
        writer.append(line)
    let_go.set()
    writer.close()
    assert drain.finish(30) is None
    assert largest <= SEGMENT_BYTES + len(line)
