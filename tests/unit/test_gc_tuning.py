"""The garbage collector keeps out of large imports, and is as it was afterwards."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from terrarium.gc_tuning import gc_paused


def test_nothing_is_collected_within_and_everything_afterwards() -> None:
    assert gc.isenabled()
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            pass
        assert not gc.isenabled(), "the outer block has not ended yet"
    assert gc.isenabled()


def test_an_import_that_fails_leaves_it_on() -> None:
    with pytest.raises(ModuleNotFoundError), gc_paused():
        import no_such_module  # type: ignore[import-not-found] # noqa: F401 - the point of it
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with gc_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_users_script_may_leave_a_file_open(tmp_path: Path) -> None:
    """It is written when the script ends: its globals are collected, since they are not ours to leave behind."""
    script = """
import sys
from terrarium.gc_tuning import gc_paused
with gc_paused():
    import mlflow
def refer_to_the_globals():
    pass
file = open(sys.argv[1], "w")
file.write("kept")
"""
    written = tmp_path / "written"
    subprocess.run([sys.executable, "-c", script, str(written)], check=True)
    assert written.read_text() == "kept"
