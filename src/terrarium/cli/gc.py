"""`terrarium gc`: delete artifacts that nothing refers to."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click
from rich.console import Console

from terrarium.cli.ranges import DAYS
from terrarium.echo import echo
from terrarium.plain_table import PlainTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from terrarium.gc import Garbage

__all__ = ["gc"]

_MEANING = {
    "run": "deleted run",
    "model": "deleted model, or model of a deleted run",
    "orphan": "artifacts of no run",
    "upload": "unfinished upload",
}


@click.command()
@click.argument("environment")
@click.option(
    "--dry-run/--delete", default=True, show_default=True, help="Only list the artifacts, or delete them."
)
@click.option(
    "--retention",
    type=DAYS,
    default=30,
    show_default=True,
    help="Days for which deleted runs and models can be restored.",
)
def gc(environment: str, *, dry_run: bool, retention: int) -> None:
    """Delete artifacts in ENVIRONMENT that nothing refers to.

    These are artifacts of deleted runs and models, artifacts without a run, and unfinished uploads. What a registered
    model or a run that is not deleted refers to is kept. --delete cannot be undone.
    """
    from terrarium.gc import delete_garbage, find_garbage
    from terrarium.lab import connect

    lab, kept_for = connect(environment), timedelta(days=retention)
    found = find_garbage(lab.connection, retention=kept_for)
    Console().print(_table(found, title=f"{environment}: unused for {retention} days"))
    if dry_run:
        echo(f"would delete {_summary(found)}" + ("; run again with `--delete`" if found else ""))
    else:
        deleted = delete_garbage(lab.connection, found, retention=kept_for)
        echo(f"deleted {_summary(deleted)}")
        for item in found:
            if item not in deleted:
                echo(
                    f"not deleted: {_MEANING[item.kind]} {item.id[:10]} ({item.name}): it was deleted with another, "
                    "restored, or something refers to it by now"
                )


def _table(found: "Sequence[Garbage]", *, title: str) -> PlainTable:
    table = PlainTable(title=title, title_justify="left")
    for column in ("what", "id", "name", "since"):
        table.add_column(column, overflow="fold")
    table.add_column("objects", justify="right")
    table.add_column("size", justify="right")
    for garbage in found:
        since = f"{garbage.since.astimezone():%Y-%m-%d %H:%M}"
        size = _size(garbage.size)
        table.add_row(
            _MEANING[garbage.kind], garbage.id[:10], garbage.name, since, str(garbage.objects), size
        )
    return table


def _summary(garbage: "Sequence[Garbage]") -> str:
    objects, size = sum(item.objects for item in garbage), sum(item.size for item in garbage)
    return f"{len(garbage)} items, {objects} objects, {_size(size)}"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
