"""`terrarium migrate`."""

import click

from terrarium.connection import connect

__all__ = ["migrate"]


@click.command()
@click.argument("environment")
def migrate(environment: str) -> None:
    """Make the users and the schema of ENVIRONMENT's metadata database.

    Run it after every deploy; it does what is missing, and nothing else. It needs the rights of the deployer.
    """
    from terrarium.metadata.migration import migrate as migrate_database

    lab = connect(environment)
    migrate_database(lab.manifest, session=lab.session, say=lambda line: click.echo(f"{environment}: {line}"))
