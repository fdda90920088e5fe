"""Running an entry point again, and telling which of the runs it makes is the one in question."""

import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.experiments.summary import RunSummary
from terrarium.reproduce.errors import RerunFailedError
from terrarium.reproduce.marks import ATTEMPT, marking
from terrarium.reproduce.passed_variables import run_variables
from terrarium.reproduce.subject import Subject
from terrarium.reproduce.workplace import Workplace

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["rerun"]

# Where this very interpreter finds code: a rebuilt environment has its own.
_PATHS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
_TAIL = 2000  # characters of output that an error shows


def rerun(
    lab: "Lab", subject: Subject, workplace: Workplace, *, log: Path, variables: tuple[str, ...] = ()
) -> RunSummary:
    """Run the entry point, and find the run that corresponds to the subject.

    Args:
        lab: Where runs are recorded.
        subject: What to reproduce.
        workplace: With which code and interpreter.
        log: Takes what the process prints.
        variables: Names of further environment variables that the process gets.

    Raises:
        RerunFailedError: It failed, or made no run in the subject's experiment.
    """
    attempt = uuid.uuid4().hex
    environment = run_variables(variables if workplace.isolated else (*variables, *_PATHS))
    environment |= marking(subject.summary.id, attempt) | {"TERRARIUM_ENVIRONMENT": lab.environment}
    hash_seed = subject.record.seeds.given.get("PYTHONHASHSEED") if subject.record.seeds else None
    if hash_seed is not None:
        environment["PYTHONHASHSEED"] = str(hash_seed)
    command = workplace.command(subject)
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            cwd=workplace.folder(subject),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise RerunFailedError(
            f"`{' '.join(command)}` ended with code {done.returncode}:\n{log.read_text(errors='replace')[-_TAIL:]}",
            remedy=f"all it said is in {log}",
        )
    return _counterpart(lab, subject, attempt, command=command)


def _counterpart(lab: "Lab", subject: Subject, attempt: str, *, command: list[str]) -> RunSummary:
    wanted = subject.summary
    # By MLflow's client, which asks the database that was written to: a replica may not have it yet.
    experiment = lab.experiments.client.get_experiment_by_name(wanted.experiment)
    assert experiment is not None  # noqa: S101 - for the type checker: the subject is in it
    made = lab.experiments.client.search_runs(
        [experiment.experiment_id], f"tags.`{ATTEMPT}` = '{attempt}'", order_by=["attributes.start_time asc"]
    )
    runs = [RunSummary.of(run, experiment=wanted.experiment) for run in made]
    if not runs:
        raise RerunFailedError(
            f"`{' '.join(command)}` ended well, and recorded no run in experiment {wanted.experiment!r}",
            remedy="if it skips what is on record, let it ask `terrarium.reproduced_run()`, and then skip nothing",
        )
    return max(runs, key=lambda run: (run.params == wanted.params, run.name == wanted.name))
