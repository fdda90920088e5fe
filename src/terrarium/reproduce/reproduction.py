"""From a run's id to a verdict."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.capture.environment import capture_environment
from terrarium.record import RunRecord
from terrarium.record.storage import read_record
from terrarium.reproduce.errors import RerunFailedError
from terrarium.reproduce.ingredients import (
    Difference,
    differing_chance,
    differing_metrics,
    differing_packages,
    differing_records,
    ordered,
)
from terrarium.reproduce.rerun import rerun
from terrarium.reproduce.subject import Subject
from terrarium.reproduce.verdict import Verdict
from terrarium.reproduce.workplace import Workplace

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["differences_here", "verify"]


def differences_here(subject: Subject, workplace: Workplace) -> list[Difference]:
    """In what this working tree and this interpreter are not the recorded ones."""
    today = RunRecord(
        run=subject.record.run, experiment=subject.record.experiment, environment=capture_environment()
    )
    return ordered([*workplace.differences, *differing_packages(subject.record, today)])


def verify(
    lab: "Lab",
    subject: Subject,
    workplace: Workplace,
    *,
    log: Path,
    tolerance: float,
    metrics: tuple[str, ...] = (),
    variables: tuple[str, ...] = (),
    say: Callable[[str], None],
) -> Verdict:
    """Run the subject again, and compare what came of it.

    Args:
        lab: Where both runs are recorded.
        subject: What to reproduce.
        workplace: With which code and interpreter.
        log: Takes what the process prints.
        tolerance: By how much metrics may differ, relative to the larger.
        metrics: Which metrics to compare; empty, all on record.
        variables: Names of further environment variables that the process gets.
        say: Is told what happens.

    Raises:
        RerunFailedError: It could not be run again, although code and packages are the recorded ones.
    """
    known = list(workplace.differences)
    recorded = {
        name: value for name, value in subject.summary.metrics.items() if not metrics or name in metrics
    }
    say(f"running again: {' '.join(workplace.command(subject)[1:])}")
    try:
        again = rerun(lab, subject, workplace, log=log, variables=variables)
    except RerunFailedError:
        known = known and differences_here(subject, workplace)
        if not known:
            raise
        compared: dict[str, tuple[float, float | None]] = {
            name: (value, None) for name, value in recorded.items()
        }
        return Verdict(
            run=subject.summary.id,
            again=None,
            differences=tuple(known),
            compared=compared,
            tolerance=tolerance,
        )
    record = read_record(lab.experiments.client, again.id)
    causes = [*known, *differing_packages(subject.record, record), *differing_records(subject.record, record)]
    effects = list(differing_metrics(recorded, again.metrics, tolerance=tolerance))
    if effects and not causes:
        causes = list(differing_chance(subject.record, record))
    return Verdict(
        run=subject.summary.id,
        again=again.id,
        differences=tuple(ordered([*causes, *effects])),
        compared={name: (value, again.metrics.get(name)) for name, value in recorded.items()},
        tolerance=tolerance,
    )
