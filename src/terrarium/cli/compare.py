"""`terrarium compare`: what made the difference between runs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from terrarium.cli.environment_option import environment_option
from terrarium.echo import echo

if TYPE_CHECKING:
    from terrarium.compare.plots import Format

__all__ = ["compare"]


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@environment_option
@click.option("--metric", help="To rank by; omitted, what the use case says decides.")
@click.option("--maximize/--minimize", default=None, help="Which way the metric is better.")
@click.option(
    "--save", "folder", type=click.Path(path_type=Path), help="Keep it there, as HTML and pictures."
)
@click.option("--format", "form", type=click.Choice(["svg", "png"]), default="svg", show_default=True)
def compare(
    runs: tuple[str, ...],
    *,
    environment: str,
    metric: str | None,
    maximize: bool | None,
    folder: Path | None,
    form: "Format",
) -> None:
    """Show in what runs differ, and in nothing else.

    RUN is a run's id or the beginning of it. With --save, learning curves and parallel coordinates are drawn as well.
    """
    from rich.console import Console

    from terrarium.lab import connect

    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # for files of a few kilobytes
    comparison = connect(environment).experiments.compare(*runs, metric=metric, maximize=maximize)
    Console().print(comparison)
    if folder:
        for file in comparison.save(folder, form=form):
            echo(file)
