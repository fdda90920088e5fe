"""`terrarium compare`: the differences between runs."""

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
@click.option("--metric", help="Metric for the ranking. Default: the use case's evaluation metric.")
@click.option("--maximize/--minimize", default=None, help="Direction in which the metric improves.")
@click.option(
    "--save", "folder", type=click.Path(path_type=Path), help="Write HTML and plots to this folder."
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
    """Compare runs. Show only the values that differ.

    RUN is an id or its first characters. --save also draws learning curves and parallel coordinates.
    """
    from rich.console import Console

    from terrarium.lab import connect

    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # for files of a few kilobytes
    comparison = connect(environment).experiments.compare(*runs, metric=metric, maximize=maximize)
    Console().print(comparison)
    if folder:
        for file in comparison.save(folder, form=form):
            echo(file)
