"""Execution of checks one after the other, each with an outcome."""

import time
from collections.abc import Callable, Iterator, Sequence

from terrarium.errors import Error
from terrarium.verification.check import Check, Observation, SkippedError
from terrarium.verification.outcome import Outcome
from terrarium.verification.workspace import Workspace

__all__ = ["observe", "run_checks"]


def run_checks(checks: Sequence[Check], workspace: Workspace) -> Iterator[Outcome]:
    """Yield the outcome of each check, and of the removal of created resources if that fails.

    A check whose needs have not passed is skipped, so that one fault makes one line fail.
    """
    offered = {check.name for check in checks}
    for check in checks:
        obstacle = _obstacle(check, workspace, offered)
        if obstacle:
            yield Outcome(check=check.name, role=workspace.role, status="skipped", detail=obstacle)
            continue
        workspace.begin(check.name)
        outcome = observe(check.name, workspace.role, lambda: check.run(workspace), cause=check.cause)  # noqa: B023 - called at once
        if outcome.status == "passed":
            workspace.passed.add(check.name)
        yield outcome
    for name, problems in workspace.clean_up().items():
        # Where the check itself failed, the same fault keeps its removal: one fault, one failed line.
        yield Outcome(
            check="clean up",
            role=workspace.role,
            status="failed" if name in workspace.passed else "skipped",
            detail="; ".join(problems),
            cause="the role may not delete what it may create",
            remedy=f"delete what bears {workspace.token} in its name",
        )


def _obstacle(check: Check, workspace: Workspace, offered: set[str]) -> str:
    """Return why a check cannot be tried; empty if it can."""
    if check.capability in workspace.disabled:
        return f"switched off in environments/{workspace.environment}.toml"
    if check.database and not workspace.database:
        return "not tried: the database is private and no tunnel is open; the job's line covers it"
    missing = [need for need in check.needs if need in offered - workspace.passed]
    return f"not tried: needs {', '.join(missing)}" if missing else ""


def observe(name: str, role: str, run: Callable[[], Observation], *, cause: str) -> Outcome:
    """Call `run` and return its outcome; an exception makes it failed, `SkippedError` skipped."""
    began = time.monotonic()

    def seconds() -> float:
        return round(time.monotonic() - began, 2)

    try:
        observation = run()
    except SkippedError as error:
        return Outcome(check=name, role=role, status="skipped", seconds=seconds(), detail=str(error))
    except Exception as error:  # noqa: BLE001 - each failure gets an outcome
        problem = error.problem if isinstance(error, Error) else f"{type(error).__name__}: {error}"
        remedy = error.remedy if isinstance(error, Error) else ""
        return Outcome(
            check=name,
            role=role,
            status="failed",
            seconds=seconds(),
            detail=problem,
            cause=cause,
            remedy=remedy,
        )
    return Outcome(
        check=name,
        role=role,
        status="passed",
        seconds=seconds(),
        detail=observation.detail,
        usage=observation.usage,
    )
