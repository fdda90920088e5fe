"""Command `terrarium recover`."""

import sys

import click

from environments import load_environment
from operations.account import session_in
from terrarium.echo import echo
from terrarium.errors import InvalidRequestError
from terrarium.plain_text import plain_text

__all__ = ["recover"]

_SOMETHING_TO_RECOVER = 2


@click.command()
@click.argument("environment")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--break-lock",
    is_flag=True,
    help="Remove the state's lock although its holder may still work. Two deployments at once damage the state.",
)
def recover(environment: str, *, dry_run: bool, yes: bool, break_lock: bool) -> None:
    """Make Terraform's state of ENVIRONMENT agree with its account, after an interrupted deployment or a lost state.

    Removes the lock of a deployment that was interrupted; restores an earlier version of a lost or damaged state;
    imports the resources of the stack that exist in the account and not in the state. Each step is shown first. No
    resource in the account is created, changed or deleted. Afterwards, `cdktf deploy` completes the deployment.

    Exit codes: 0 if the state agrees now, 2 if something is left to do, 1 if the recovery failed or was refused.
    """
    from operations.recover.recovery import Recovery

    config = load_environment(environment)

    def confirmed(question: str) -> bool:
        if not yes and not sys.stdin.isatty():
            raise InvalidRequestError(
                f"not done, because there is no terminal to confirm it: {question}",
                remedy="look at what `--dry-run` shows, then run it again with --yes",
            )
        return yes or click.confirm(plain_text(question))

    recovery = Recovery(config, session_in(config), confirmed=None if dry_run else confirmed, report=echo)
    agrees = recovery.run(break_lock=break_lock)
    sys.exit(0 if agrees else _SOMETHING_TO_RECOVER)
