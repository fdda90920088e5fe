"""A bar for long transfers, only where somebody can see it."""

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
from terrarium.artifacts.progress import progress_bar
with progress_bar("put model.bin", size={size}, shown={shown}) as advance:
    advance({size})
"""
LONG = 2**30


def seen_on_a_terminal(program: str) -> str:
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", program], stderr=theirs, check=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux says so at the end of a terminal
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    return seen.decode()


def test_shows_the_bar_in_a_terminal() -> None:
    seen = seen_on_a_terminal(PROGRAM.format(size=LONG, shown=True))
    assert "put model.bin" in seen
    assert "1.1/1.1 GB" in seen


@pytest.mark.parametrize(("size", "shown"), [(LONG, False), (1000, True)])
def test_shows_no_bar_if_it_is_disabled_or_the_transfer_is_short(size: int, *, shown: bool) -> None:
    assert seen_on_a_terminal(PROGRAM.format(size=size, shown=shown)) == ""


def test_writes_no_bar_to_a_log_file() -> None:
    program = PROGRAM.format(size=LONG, shown=True)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b""
