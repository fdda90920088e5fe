"""Process that runs the SDK's checks with the credentials of one identity."""

import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.verify.identity import Identity
from terrarium.verification import Outcome, Remainder, parse_line

__all__ = ["run_checks_as"]

_PROGRAM = """\
from terrarium.verification.__main__ import main

main()
"""
_SHOWN_LINES = 15


def run_checks_as(
    identity: Identity, environment: str, *, role: str, token: str, database: bool
) -> Iterator[Outcome | Remainder]:
    """Run the checks of a role, and yield their reports as they arrive.

    The checks run in a temporary git repository, since runs and jobs record their code. The process also has its
    journals and caches in the temporary folder, so that nothing remains on this machine.
    """
    with _project() as project:
        process = subprocess.Popen(
            [sys.executable, "verification.py", environment, "--role", role, "--token", token]
            + ([] if database else ["--no-database"]),
            cwd=project,
            env={
                **identity.variables,
                "XDG_STATE_HOME": str(project.parent / "state"),
                "XDG_CACHE_HOME": str(project.parent / "cache"),
                "MLFLOW_DISABLE_TELEMETRY": "true",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        output: deque[str] = deque(maxlen=_SHOWN_LINES)
        for line in process.stdout:
            report = parse_line(line)
            if report is None:
                output.append(line.rstrip())
            else:
                yield report
        if process.wait():
            yield Outcome(
                check="checks",
                role=role,
                status="failed",
                detail=f"the process of the checks ended with code {process.returncode}: {' / '.join(output)}",
                cause="the SDK of this checkout cannot be imported",
                remedy="run `make setup`",
            )


@contextmanager
def _project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="terrarium-verify-") as folder:
        project = Path(folder) / "verification"
        project.mkdir()
        (project / "verification.py").write_text(_PROGRAM, encoding="utf-8")
        identity = ["-c", "user.name=terrarium", "-c", "user.email=terrarium@localhost"]
        for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "-m", "Verify"]):
            subprocess.run(["git", *command], cwd=project, check=True, capture_output=True)
        yield project
