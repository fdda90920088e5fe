"""`terrarium reproduce`: a run again, from what is on record of it."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from terrarium.cli.environment_option import environment_option
from terrarium.cli.ranges import TOLERANCE
from terrarium.echo import echo
from terrarium.plain_table import PlainTable

if TYPE_CHECKING:
    from terrarium.reproduce import Verdict

__all__ = ["reproduce"]


@click.command()
@click.argument("run")
@environment_option
@click.option("--verify", is_flag=True, help="Run it again, and say whether the same came out.")
@click.option("--here", is_flag=True, help="With the working tree and the packages that are here.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to make code and environment.")
@click.option("--tolerance", type=TOLERANCE, default=1e-6, show_default=True, help="Of metrics, relative.")
@click.option("--yes", is_flag=True, help="Do not ask whether the recorded code may run here.")
@click.option(
    "--show", is_flag=True, help="Show who recorded what, with the whole patch and all packages; run nothing."
)
@click.option(
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME",
    help="Hand this variable to the run (repeatable).",
)
@click.option(
    "--metric", "metrics", multiple=True, help="Compare this one (repeatable); omitted, all on record."
)
def reproduce(
    run: str,
    *,
    environment: str,
    verify: bool,
    here: bool,
    folder: Path | None,
    tolerance: float,
    metrics: tuple[str, ...],
    yes: bool,
    show: bool,
    variables: tuple[str, ...],
) -> None:
    """Make RUN, given by its id or its first characters, again.

    Checks its commit out with its patch, beside your own working tree, and installs the recorded packages into an
    environment of their own. Then says what to type there, or, with --verify, runs it and answers: match, or the first
    ingredient that differs (code, dependency, seed, data, hyperparameter, metric). Exits with code 2 on no match.

    Shows first who recorded the run, its patch, packages and command, and asks: whatever the recorder wrote runs on
    this machine with your credentials. Without a terminal, --yes is needed.
    """
    from terrarium.connection import connect
    from terrarium.directories import cache_directory
    from terrarium.reproduce import reproduction
    from terrarium.reproduce.disclosure import disclosure, whole_patch
    from terrarium.reproduce.errors import NotReproducibleError
    from terrarium.reproduce.subject import Subject
    from terrarium.reproduce.workplace import Workplace
    from terrarium.venvs.errors import EnvironmentNotMadeError

    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # for files of a few kilobytes
    lab = connect(environment)
    subject = Subject.read(lab, lab.experiments.identify(run))
    if left_out := subject.record.failures.get("code.patch"):
        echo(f"warning: the recorded patch is not complete: {left_out}", err=True)
    if withheld := subject.record.failures.get("code.arguments"):
        echo(f"warning: the recorded arguments are not complete: {withheld}", err=True)
        if verify:
            raise NotReproducibleError(
                f"run {subject.summary.id} cannot be run again by its record: {withheld}",
                remedy="leave --verify out, and type the command with its secrets yourself",
            )
    start = Path.cwd()
    if show or verify or not here:
        for line in disclosure(subject, start=start, rebuilt=not here, everything=show):
            echo(" ".join(line.splitlines()))
    if show:
        echo(whole_patch(subject), nl=False)
        return
    if verify or not here:
        _confirm(subject.summary.id, yes=yes)
    place = (folder or cache_directory() / "reproductions" / subject.summary.id).expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    if here:
        workplace = Workplace.here(subject, start=start)
        differences = reproduction.differences_here(subject, workplace)
        echo(f"{len(differences)} differences from what is on record" + (":" if differences else ""))
        for difference in differences:
            echo(f"  {difference}")
    else:
        try:
            workplace = Workplace.rebuilt(subject, place, start=start, say=echo)
        except EnvironmentNotMadeError as error:
            raise EnvironmentNotMadeError(
                f"the recorded packages cannot be had: {error.problem}",
                remedy=f"{error.remedy}; or run with what is installed here, and see what differs: --here",
            ) from error
    if not verify:
        command = shlex.join(workplace.command(subject))
        echo(f"to run it again:\n  cd {shlex.quote(str(workplace.folder(subject)))}\n  {command}")
        return
    verdict = reproduction.verify(
        lab,
        subject,
        workplace,
        log=place / "output.log",
        tolerance=tolerance,
        metrics=metrics,
        variables=variables,
        say=echo,
    )
    Console().print(_table(verdict))
    for difference in verdict.differences[1:]:
        echo(f"  also {difference}")
    echo(str(verdict))
    if not verdict.match:
        sys.exit(2)


def _confirm(run: str, *, yes: bool) -> None:
    """Ask whether the recorded code may run.

    Raises:
        NotConfirmedError: There is nobody to ask.
    """
    from terrarium.reproduce.errors import NotConfirmedError

    if yes:
        return
    if not sys.stdin.isatty():
        raise NotConfirmedError(
            f"run {run} was not reproduced: it runs code of its author, and nobody is here to confirm that",
            remedy=f"read it by `terrarium reproduce {run} --show`, then add --yes",
        )
    echo(f"The whole patch and all packages: terrarium reproduce {run} --show")
    click.confirm("Run this on this machine, with your files and your AWS credentials?", abort=True)


def _table(verdict: "Verdict") -> PlainTable:
    table = PlainTable(
        title=f"{verdict.run[:8]} again: {verdict.again[:8] if verdict.again else 'failed'}",
        title_justify="left",
    )
    table.add_column("metric")
    table.add_column("recorded", justify="right")
    table.add_column("now", justify="right")
    for name, (recorded, now) in verdict.compared.items():
        table.add_row(name, repr(recorded), "" if now is None else repr(now))
    return table
