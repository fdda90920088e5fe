"""Command `terrarium verify`."""

import json
import sys

import click

from environments import load_environment
from operations.account import session_in
from terrarium.echo import echo

__all__ = ["verify"]

_FAILED = 2


@click.command()
@click.argument("environment")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as a JSON array.")
def verify(environment: str, *, as_json: bool) -> None:
    """Check that ENVIRONMENT works: run each task of its users with their roles, then delete what the checks created.

    Takes less than a minute in the sandbox, and up to 20 minutes on AWS, where machines have to start. Exit codes: 0
    if no check failed, 2 if one failed, 1 if the checks could not run.
    """
    from rich.console import Console

    from operations.verify.table import print_outcomes
    from operations.verify.verification import verify as verify_environment

    config = load_environment(environment)
    outcomes = []
    for outcome in verify_environment(config, session_in(config)):
        outcomes.append(outcome)
        echo(f"{outcome.status:<8}{outcome.role:<11}{outcome.check}  {outcome.seconds:.1f} s", err=True)
    if as_json:
        echo(json.dumps([outcome.model_dump() for outcome in outcomes], indent=2))
    else:
        print_outcomes(environment, outcomes, Console(width=None if sys.stdout.isatty() else 160))
    sys.exit(_FAILED if any(outcome.status == "failed" for outcome in outcomes) else 0)
