"""`terrarium sandbox`: the local AWS."""

import shutil

import click

from terrarium.echo import echo
from terrarium_sandbox.home import find_home

__all__ = ["sandbox"]


@click.group()
def sandbox() -> None:
    """AWS on this machine: emulated services with real data planes, on loopback only."""


@sandbox.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Where to listen on loopback; 0 for any free port. Omitted, where it listened last, or 5566.",
)
def up(port: int | None) -> None:
    """Start the sandbox, unless it runs; returns when it is ready."""
    from terrarium_sandbox.process import lifecycle

    running = lifecycle.up(find_home(), port=port)
    echo(f"The sandbox is up at {running.record.endpoint} (process {running.record.process.pid}).")
    echo('Next: eval "$(terrarium sandbox env)"')


@sandbox.command()
def down() -> None:
    """Stop the sandbox; it keeps what it holds for the next `up`."""
    from terrarium_sandbox.process import lifecycle

    stopped = lifecycle.down(find_home())
    echo("The sandbox is down." if stopped else "No sandbox was up.")


@sandbox.command()
def status() -> None:
    """Say whether the sandbox runs, what it holds, and what it was asked for in vain."""
    from terrarium_sandbox.report import report

    echo(report(find_home()))


@sandbox.command()
def ledger() -> None:
    """Say of every type of resource how true the sandbox is to AWS, and what only AWS can prove."""
    from terrarium_sandbox.ledger import table

    echo(table())


@sandbox.command()
def rules() -> None:
    """List the rules by which the sandbox refuses what AWS refuses, with their sources."""
    from terrarium_sandbox.rules.table import table

    echo(table(shutil.get_terminal_size().columns))


@sandbox.command()
@click.option("--markdown", is_flag=True, help="Print a table in Markdown.")
def patches(*, markdown: bool) -> None:
    """List what the sandbox replaces in moto, the library that it extends, and why."""
    from terrarium_sandbox.patch_table import collect_patches, markdown_table, table

    found = collect_patches()
    echo(markdown_table(found) if markdown else table(found))


@sandbox.command("enforce-iam")
@click.option("--off", is_flag=True, help="Let everybody with credentials do everything again.")
def enforce_iam(*, off: bool) -> None:
    """Ask IAM about every request: policies, boundaries, conditions and trust, as AWS does."""
    from terrarium_sandbox.process import lifecycle

    lifecycle.require_running(find_home()).ask("PUT", "iam-enforcement", {"enforced": not off})
    echo("IAM is not enforced." if off else "IAM is enforced.")


@sandbox.command()
@click.option(
    "--advance", metavar="TIME", help="Move it ahead: 90s, 15m, 6h, 1d. What comes due on the way happens."
)
def clock(advance: str | None) -> None:
    """Say what time schedules go by, and move it ahead."""
    from terrarium_sandbox.clock import parse_duration
    from terrarium_sandbox.process import lifecycle

    running = lifecycle.require_running(find_home())
    if advance is None:
        answer = running.ask("GET", "clock")
    else:
        answer = running.ask("PUT", "clock", {"advance_seconds": parse_duration(advance).total_seconds()})
    echo(answer["now"])


@sandbox.command()
@click.argument("environment", default="dev")
@click.option("--account", help="Another account than the one that the environment pins.")
@click.option("--region", help="Another region than the environment's.")
def env(environment: str, account: str | None, region: str | None) -> None:
    """Print the shell exports for ENVIRONMENT (dev if omitted): eval "$(terrarium sandbox env)"."""
    from terrarium.checkout import find_checkout
    from terrarium_sandbox.client.client_environment import client_environment, shell_exports
    from terrarium_sandbox.client.pinned_account import PinnedAccount, choose_account
    from terrarium_sandbox.process import lifecycle

    running = lifecycle.require_running(find_home())
    checkout = find_checkout()
    pinned = choose_account(
        checkout,
        environment,
        deployed=lambda: [
            PinnedAccount(**found) for found in running.ask("GET", f"environments/{environment}")
        ],
        account=account,
        region=region,
    )
    echo(shell_exports(client_environment(running, pinned, checkout=checkout)))


@sandbox.command("web-identity-token")
@click.argument("claims", nargs=-1, metavar="NAME=VALUE...")
def web_identity_token(claims: tuple[str, ...]) -> None:
    """Print a token for AssumeRoleWithWebIdentity with these claims (iss, sub, aud, ...), as GitHub's.

    It is valid for an hour, in the sandbox that runs now.
    """
    from terrarium_sandbox.process import lifecycle

    pairs = [claim.partition("=") for claim in claims]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise click.BadParameter(
                f"{name!r} is no claim; write NAME=VALUE, as in sub=repo:acme/ml:environment:dev"
            )
    content = {name: value for name, _, value in pairs}
    echo(
        lifecycle.require_running(find_home()).ask("POST", "web-identity-tokens", {"claims": content})[
            "token"
        ]
    )


@sandbox.command()
@click.confirmation_option(prompt="Forget every resource, object and database of the sandbox?")
def reset() -> None:
    """Forget everything the sandbox holds, databases included; it stays up if it was."""
    from terrarium_sandbox.process import lifecycle

    restarted = lifecycle.reset(find_home())
    echo("The sandbox is empty" + (", and up again." if restarted else "."))
