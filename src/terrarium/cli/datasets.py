"""`terrarium datasets`: list, inspect and clean up datasets."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from terrarium.cli.environment_option import environment_option
from terrarium.cli.ranges import COUNT, DAYS
from terrarium.echo import echo
from terrarium.lab import connect
from terrarium.plain_text import plain_text

if TYPE_CHECKING:
    from terrarium.datasets import Dataset
    from terrarium.plain_table import PlainTable

__all__ = ["datasets"]


@click.group()
def datasets() -> None:
    """List, inspect and clean up datasets."""


@datasets.command("list")
@click.argument("text", required=False)
@environment_option
@click.option("--name", help="Only datasets with this text in their name.")
@click.option("--column", help="Only datasets with this text in the name of a column.")
@click.option("--tag", help="Only datasets with this tag.")
@click.option("--owner", help="Only datasets of this owner.")
def list_datasets(
    text: str | None,
    *,
    environment: str,
    name: str | None,
    column: str | None,
    tag: str | None,
    owner: str | None,
) -> None:
    """List datasets that match all filters; TEXT is searched in names, descriptions, tags and columns."""
    from rich.console import Console

    from terrarium.plain_table import PlainTable

    found = connect(environment).datasets.search(text, name=name, column=column, tag=tag, owner=owner)
    table = PlainTable()
    for heading in ("dataset", "owner", "tags", "columns", "description"):
        table.add_column(heading, overflow="fold")
    for dataset in found:
        table.add_row(
            dataset.name,
            dataset.owner or "",
            ", ".join(dataset.tags),
            str(len(dataset.columns)),
            dataset.description,
        )
    Console().print(table)


@datasets.command()
@click.argument("name")
@environment_option
@click.option("--statistics", is_flag=True, help="Also show statistics of each column; reads all rows.")
def show(name: str, *, environment: str, statistics: bool) -> None:
    """Show description, version, columns and constraints of dataset NAME."""
    from rich.console import Console

    dataset = connect(environment).datasets.get(name)
    said, version = dataset.description, dataset.version
    echo(f"{name}: {said.description or '(not described)'}")
    echo(f"owner {said.owner or '(nobody)'}, tags {', '.join(said.tags) or '(none)'}")
    if version is not None:
        echo(
            f"snapshot {version.snapshot_id} of {version.committed:%Y-%m-%d %H:%M} UTC, {version.rows:,} rows"
        )
    Console().print(_statistics(dataset) if statistics else _columns(dataset))
    for constraint in said.constraints:
        echo(f"constraint: {constraint}")


@datasets.command()
@click.argument("name")
@environment_option
@click.option(
    "--limit", type=COUNT, default=20, show_default=True, help="The most versions to list, the latest."
)
def versions(name: str, *, environment: str, limit: int) -> None:
    """List the versions of dataset NAME and the runs that wrote them."""
    from rich.console import Console

    from terrarium.plain_table import PlainTable

    table = PlainTable("snapshot", "committed (UTC)", "operation", "rows", "tags", "run")
    for version in connect(environment).datasets.get(name).versions()[:limit]:
        table.add_row(
            str(version.snapshot_id),
            f"{version.committed:%Y-%m-%d %H:%M:%S}",
            version.operation,
            "" if version.rows is None else f"{version.rows:,}",
            ", ".join(version.tags),
            version.run or "",
        )
    Console().print(table)


@datasets.command()
@click.argument("name")
@environment_option
def lineage(name: str, *, environment: str) -> None:
    """List the runs that wrote dataset NAME and those that read it."""
    found = connect(environment).datasets.get(name).lineage()
    for writer in found.written:
        echo(f"snapshot {writer.snapshot_id} written by {f'run {writer.run}' if writer.run else 'no run'}")
    for reader in found.read:
        contexts = f" as {', '.join(reader.contexts)}" if reader.contexts else ""
        echo(f"snapshot {reader.snapshot_id} read by run {reader.run} of {reader.experiment}{contexts}")


@datasets.command()
@click.argument("name")
@environment_option
@click.option(
    "--older-than", type=DAYS, default=90, show_default=True, help="Days since a newer version replaced them."
)
@click.option(
    "--dry-run/--delete",
    default=True,
    show_default=True,
    help="Only list the versions, or remove them.",
)
def expire(name: str, *, environment: str, older_than: int, dry_run: bool) -> None:
    """Remove old versions of dataset NAME. Versions that are tagged, recorded by a run or online stay."""
    known, age = connect(environment).datasets, timedelta(days=older_than)
    found = known.expirable(name, older_than=age) if dry_run else known.expire(name, older_than=age)
    for version in found:
        echo(f"snapshot {version.snapshot_id} of {version.committed:%Y-%m-%d %H:%M} UTC")
    echo(f"{'would remove' if dry_run else 'removed'} {len(found)} versions of {name}")


@datasets.command()
@click.argument("name")
@environment_option
@click.option(
    "--force", is_flag=True, help="Delete it although runs, tags, views or other datasets refer to it."
)
def drop(name: str, *, environment: str, force: bool) -> None:
    """Delete dataset NAME with all its versions. This cannot be undone."""
    click.confirm(plain_text(f"delete {name} and all its versions in {environment}?"), abort=True)
    connect(environment).datasets.drop(name, force=force)


def _columns(dataset: "Dataset") -> "PlainTable":
    from terrarium.plain_table import PlainTable

    table = PlainTable("column", "type", "meaning")
    meanings = dataset.description.columns
    for field in dataset.schema:
        table.add_row(field.name, str(field.type), meanings.get(field.name, ""))
    return table


def _statistics(dataset: "Dataset") -> "PlainTable":
    from terrarium.plain_table import PlainTable

    table = PlainTable("column", "type", "nulls", "distinct", "minimum", "median", "maximum", "most frequent")
    for column in dataset.statistics():
        median = column.quantiles.get(0.5)
        table.add_row(
            column.column,
            column.type,
            f"{column.nulls:,}",
            "" if column.distinct is None else f"{column.distinct:,}",
            "" if column.minimum is None else str(column.minimum),
            "" if median is None else f"{median:g}",
            "" if column.maximum is None else str(column.maximum),
            ", ".join(f"{value} ({count:,})" for value, count in column.top[:3]),
        )
    return table
