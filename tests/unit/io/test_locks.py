"""Locks across processes of one machine."""

import subprocess
import sys
from pathlib import Path

from terrarium.io.folder_lock import FolderLock

_HOLD = """
import sys
from pathlib import Path
from terrarium.io.folder_lock import FolderLock
lock = FolderLock.take(Path(sys.argv[1]))
print("held" if lock else "taken", flush=True)
sys.stdin.read()
"""


def test_a_folder_has_one_holder_until_its_process_dies(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert FolderLock.take(tmp_path) is None
        holder.kill()
    lock = FolderLock.take(tmp_path)
    assert lock is not None
    lock.release()


def test_a_folder_that_is_gone_has_no_lock(tmp_path: Path) -> None:
    assert FolderLock.take(tmp_path / "gone") is None
