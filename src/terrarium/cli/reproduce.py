"""`terrarium reproduce`."""

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
@click.option("--verify", is_flag=True, help="Run it, and compare the result with the record.")
@click.option("--here", is_flag=True, help="Use this working tree and the packages that are installed here.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Folder for the code and the environment."
)
@click.option(
    "--tolerance",
    type=TOLERANCE,
    default=1e-6,
    show_default=True,
    help="Relative difference of metrics.",
)
@click.option("--yes", is_flag=True, help="Do not ask whether the recorded code may run here.")
@click.option(
    "--show", is_flag=True, help="Show who recorded what, with the whole patch and all packages; run nothing."
)
@click.option(
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME",
    help="Pass this environment variable to the run (repeatable).",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    help="Compare this metric (repeatable). Defaults to all recorded metrics.",
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
    """Reproduce RUN (an id or its first characters).

    Checks out the recorded commit with its patch beside your working tree, and installs the recorded packages into a
    separate environment. Prints the command that runs it. With --verify, runs it and prints the result: a match, or the
    first difference (code, dependency, seed, data, hyperparameter, metric). Exits with code 2 if there is no match.

    First shows who recorded the run, its patch, packages and command, and asks for confirmation: the recorded code runs
    on this machine with your credentials. Without a terminal, --yes is required.
    """
    from terrarium.directories import cache_directory
    from terrarium.lab import connect
    from terrarium.reproduce import reproduction
    from terrarium.reproduce.errors import NotReproducibleError
    from terrarium.reproduce.preview import patch_text, preview
    from terrarium.reproduce.recorded_run import RecordedRun
    from terrarium.reproduce.workspace import Workspace
    from terrarium.venvs.errors import EnvironmentNotMadeError

    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # for files of a few kilobytes
    lab = connect(environment)
    original = RecordedRun.read(lab.connection, lab.experiments.identify(run))
    if left_out := original.record.failures.get("code.patch"):
        echo(f"warning: the recorded patch is not complete: {left_out}", err=True)
    if withheld := original.record.failures.get("code.arguments"):
        echo(f"warning: the recorded arguments are not complete: {withheld}", err=True)
        if verify:
            raise NotReproducibleError(
                f"run {original.summary.id} cannot be run again from its record: {withheld}",
                remedy="omit --verify, and run the command with its secrets yourself",
            )
    start = Path.cwd()
    if show or verify or not here:
        for line in preview(original, start=start, rebuilt=not here, everything=show):
            echo(" ".join(line.splitlines()))
    if show:
        echo(patch_text(original), nl=False)
        return
    if verify or not here:
        _confirm(original.summary.id, yes=yes)
    place = (folder or cache_directory() / "reproductions" / original.summary.id).expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    if here:
        workspace = Workspace.here(original, start=start)
        differences = reproduction.differences_here(original, workspace)
        echo(f"{len(differences)} differences from the record" + (":" if differences else ""))
        for difference in differences:
            echo(f"  {difference}")
    else:
        try:
            workspace = Workspace.rebuilt(original, place, start=start, say=echo)
        except EnvironmentNotMadeError as error:
            raise EnvironmentNotMadeError(
                f"the recorded packages cannot be installed: {error.problem}",
                remedy=f"{error.remedy}; or use the packages that are installed here, and see what differs: --here",
            ) from error
    if not verify:
        command = shlex.join(workspace.command(original))
        echo(f"to run it again:\n  cd {shlex.quote(str(workspace.folder(original)))}\n  {command}")
        return
    verdict = reproduction.verify(
        lab.connection,
        original,
        workspace,
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
    """Ask for confirmation that the recorded code may run.

    Raises:
        NotConfirmedError: Standard input is not a terminal.
    """
    from terrarium.reproduce.errors import NotConfirmedError

    if yes:
        return
    if not sys.stdin.isatty():
        raise NotConfirmedError(
            f"run {run} was not reproduced: it runs code of its author, and there is no terminal to confirm that",
            remedy=f"read the preview with `terrarium reproduce {run} --show`, then add --yes",
        )
    echo(f"The whole patch and all packages: terrarium reproduce {run} --show")
    click.confirm("Run this on this machine, with your files and your AWS credentials?", abort=True)


def _table(verdict: "Verdict") -> PlainTable:
    table = PlainTable(
        title=f"{verdict.run[:8]} reproduced: {verdict.again[:8] if verdict.again else 'failed'}",
        title_justify="left",
    )
    table.add_column("metric")
    table.add_column("recorded", justify="right")
    table.add_column("now", justify="right")
    for name, (recorded, now) in verdict.compared.items():
        table.add_row(name, repr(recorded), "" if now is None else repr(now))
    return table
