"""`terrarium migrate`."""

import click

from terrarium.connection import open_connection
from terrarium.echo import echo

__all__ = ["migrate"]


@click.command()
@click.argument("environment")
@click.option(
    "--as-job",
    is_flag=True,
    help="Run it inside the network, as a Batch job: where the database cannot be reached from here.",
)
def migrate(environment: str, *, as_job: bool) -> None:
    """Make the users and the schema of ENVIRONMENT's metadata database.

    Run it after every deploy; it does what is missing, and nothing else. It needs the rights of the deployer.
    """
    connection = open_connection(environment)

    def say(line: str) -> None:
        echo(f"{environment}: {line}")

    if as_job:
        from terrarium.metadata.migration_job import run_migration_job

        run_migration_job(connection.manifest, session=connection.session, say=say)
    else:
        from terrarium.metadata.migration import migrate as migrate_database

        migrate_database(connection.manifest, session=connection.session, say=say)
