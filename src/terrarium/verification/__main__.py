"""`python -m terrarium.verification ENVIRONMENT --role ROLE --token TOKEN`: run the checks of a role.

`terrarium verify` starts it on this machine with a scientist's credentials; that starts it again in a job. One line
per report goes to the output; the exit code is 0 whatever the checks found, and the lines hold the verdict.
"""

import os

import click

from terrarium.verification.checks import CHECKS
from terrarium.verification.outcome import Outcome, Remainder, format_line
from terrarium.verification.run_checks import run_checks
from terrarium.verification.workspace import Workspace

__all__ = ["main"]


@click.command()
@click.argument("environment")
@click.option("--role", type=click.Choice(sorted(CHECKS)), required=True)
@click.option("--token", required=True)
@click.option("--database/--no-database", default=True)
def main(environment: str, role: str, token: str, *, database: bool) -> None:
    """Run the checks of a role against ENVIRONMENT."""
    os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

    def emit(report: Outcome | Remainder) -> None:
        click.echo(format_line(report))

    workspace = Workspace(environment=environment, role=role, token=token, database=database, emit=emit)
    for outcome in run_checks(CHECKS[role], workspace):
        emit(outcome)


if __name__ == "__main__":
    main()
