"""`terrarium sync`."""

import click

from terrarium.connection import open_connection
from terrarium.echo import echo

__all__ = ["sync"]


@click.command()
@click.argument("environment")
def sync(environment: str) -> None:
    """Move metrics in this machine's journals, left by killed processes or outages, to the database of ENVIRONMENT."""
    from terrarium.journal.sync import sync as sync_journals

    report = sync_journals(open_connection(environment))
    echo(f"{environment}: {report.points} points moved")
    for run_id, status in report.ended.items():
        echo(f"{environment}: run {run_id} ended as {status}")
    if report.torn:
        echo(f"{environment}: {report.torn} torn lines dropped, whose calls had never returned")
    if report.alive:
        echo(f"{environment}: {report.alive} processes still write; left alone")
    for run_id, sections in report.salvaged.items():
        echo(f"{environment}: run {run_id} is on record without what its journal had spoilt: {sections}")
    for folder, why in report.failed.items():
        echo(f"{environment}: {folder} could not be moved and stays where it is: {why}", err=True)
    for run_id in report.unknown:
        echo(f"{environment}: run {run_id} is not in the database; its journal stays where it is")
    if report.failed:
        raise click.exceptions.Exit(1)
