"""`terrarium runs`: find runs, delete them, bring them back."""

import csv
import sys
from typing import TYPE_CHECKING, Literal

import click

from terrarium.cli.environment_option import environment_option
from terrarium.connection import connect

if TYPE_CHECKING:
    from terrarium.cli.plain_table import PlainTable
    from terrarium.experiments.summary import RunSummary

__all__ = ["runs"]

_MOST_COLUMNS = 3  # metrics that a terminal has room for


@click.group()
def runs() -> None:
    """Find runs, delete them, bring them back."""


@runs.command("list")
@click.argument("where", required=False)
@environment_option
@click.option("--order-by", default="started desc", show_default=True, help="E.g. 'metrics.roc_auc desc'.")
@click.option("--limit", default=20, show_default=True, help="How many at most.")
@click.option("--deleted", is_flag=True, help="Look among deleted runs.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
def list_runs(
    where: str | None,
    *,
    environment: str,
    order_by: str,
    limit: int,
    deleted: bool,
    form: Literal["table", "csv", "json"],
) -> None:
    """List the runs for which WHERE holds.

    For example: terrarium runs list "metrics.roc_auc > 0.9 and not tags.broken" --order-by "metrics.roc_auc desc"

    Fields are metrics.NAME, params.NAME, tags.NAME, use_case.FIELD, datasets.NAME (or ["NAME"]), run_id, name,
    experiment, user, status, started, ended, commit, branch, entry_point.
    """
    found = connect(environment).experiments.search(where, order_by=order_by, limit=limit, deleted=deleted)
    match form:
        case "json":
            for run in found:
                click.echo(run.model_dump_json())
        case "csv":
            _write_csv(found)
        case "table":
            from rich.console import Console

            Console().print(_table(found, asked=f"{where} {order_by}"))


@runs.command()
@click.argument("ids", metavar="RUN...", nargs=-1, required=True)
@environment_option
def delete(ids: tuple[str, ...], *, environment: str) -> None:
    """Delete runs, given by id or its first characters; `restore` brings them back until `terrarium gc`."""
    experiments = connect(environment).experiments
    found = [experiments.identify(text) for text in ids]
    experiments.delete(*found)
    click.echo(f"deleted: {', '.join(found)}")


@runs.command()
@click.argument("ids", metavar="RUN...", nargs=-1, required=True)
@environment_option
def restore(ids: tuple[str, ...], *, environment: str) -> None:
    """Bring deleted runs back, given by id or its first characters."""
    experiments = connect(environment).experiments
    found = [experiments.identify(text) for text in ids]
    experiments.restore(*found)
    click.echo(f"restored: {', '.join(found)}")


def _table(found: "list[RunSummary]", *, asked: str) -> "PlainTable":
    from terrarium.cli.plain_table import PlainTable

    # What the search mentions is what its reader wants to see.
    metrics = sorted(
        {name for run in found for name in run.metrics}, key=lambda name: (name not in asked, name)
    )
    table = PlainTable()
    table.add_column("id", no_wrap=True, min_width=8)
    for column in ("experiment", "name", "status", "started"):
        table.add_column(column, overflow="fold")
    for name in metrics[:_MOST_COLUMNS]:
        table.add_column(name, justify="right", no_wrap=True)
    for run in found:
        values = [
            f"{run.metrics[name]:.6g}" if name in run.metrics else "" for name in metrics[:_MOST_COLUMNS]
        ]
        started = f"{run.started.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(run.id[:8], run.experiment, run.name, run.status, started, *values)
    return table


def _write_csv(found: "list[RunSummary]") -> None:
    attributes = ["id", "experiment", "name", "status", "started", "ended", "artifact_uri"]
    rows = [
        {name: getattr(run, name) for name in attributes}
        | {
            f"{group}.{name}": value
            for group in ("params", "metrics", "tags")
            for name, value in getattr(run, group).items()
        }
        for run in found
    ]
    columns = [*attributes, *sorted({name for row in rows for name in row} - {*attributes})]
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    writer.writerows(rows)
