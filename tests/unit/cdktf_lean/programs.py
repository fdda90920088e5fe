"""Programs that run in a process of their own, with the real bindings and the user's cache."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["output_of", "run_program"]

ROOT = Path(__file__).parents[3]


def run_program(program: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a program in a folder. It may fail."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "PYTHONPATH": str(ROOT / "src"),
            **environment,
        },
        cwd=folder,
        capture_output=True,
        text=True,
    )


def output_of(program: str, folder: Path, **environment: str) -> list[str]:
    """Return the lines that a program prints. It must succeed."""
    process = run_program(program, folder, **environment)
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()
