"""Modules whose import has begun and not ended are not used."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from terrarium.imported_module import imported_module


def test_finds_a_module_that_is_imported() -> None:
    assert imported_module("textwrap") is textwrap


def test_imports_nothing() -> None:
    assert imported_module("this") is None
    assert "this" not in sys.modules


# The module of that name begins its import in a thread, and ends it when the main thread has looked.
_PROGRAM = """
import sys, threading
from pathlib import Path
looking, looked = threading.Event(), threading.Event()
sys.events = looking, looked
thread = threading.Thread(target=__import__, args=("{module}",))
thread.start()
looking.wait()
assert "{module}" in sys.modules
{look}
looked.set()
thread.join()
"""
_HALF_MADE = "import sys\nlooking, looked = sys.events\nlooking.set()\nlooked.wait()\n"


@pytest.mark.parametrize(
    ("module", "look"),
    [
        ("mlflow", "from terrarium.datasets.lineage import writing_summary; assert writing_summary() == {}"),
        (
            "mlflow",
            "from terrarium.compute.current_run import run_under_way; assert run_under_way() is None",
        ),
        ("torch", "from terrarium.capture.seeds import capture_seeds, seed_generators; seed_generators(1)"),
        (
            "torch",
            "from terrarium.capture.seeds import capture_seeds; assert 'torch' not in capture_seeds().states",
        ),
        ("IPython", "from terrarium.capture.notebook import executed_cells; assert executed_cells() is None"),
    ],
)
def test_a_half_imported_module_counts_as_not_imported(tmp_path: Path, module: str, look: str) -> None:
    (tmp_path / f"{module}.py").write_text(_HALF_MADE)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n" + _PROGRAM.format(
        module=module, look=look
    )
    # An error leaves the thread waiting: end the process at once.
    body = textwrap.indent(program, "    ")
    guarded = (
        f"import os, traceback\ntry:\n{body}\nexcept BaseException:\n    traceback.print_exc(); os._exit(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", guarded], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
