"""Commands of `terrarium sandbox`, the local AWS."""

import shutil

import click

from terrarium.echo import echo
from terrarium_sandbox.home import find_home

__all__ = ["sandbox"]


@click.group()
def sandbox() -> None:
    """Run AWS on this machine: emulated services with real data planes, on loopback only."""


@sandbox.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port on loopback; 0 for any free port. Default: the last port, or 5566.",
)
def up(port: int | None) -> None:
    """Start the sandbox, unless it is running; return when it is ready."""
    from terrarium_sandbox.process import lifecycle

    running = lifecycle.up(find_home(), port=port)
    echo(f"The sandbox is up at {running.record.endpoint} (process {running.record.process.pid}).")
    echo('Next: eval "$(terrarium sandbox env)"')


@sandbox.command()
def down() -> None:
    """Stop the sandbox; the next `up` loads its state."""
    from terrarium_sandbox.process import lifecycle

    stopped = lifecycle.down(find_home())
    echo("The sandbox is down." if stopped else "No sandbox was up.")


@sandbox.command()
def status() -> None:
    """Show whether the sandbox is running, its resources, and calls that it could not answer."""
    from terrarium_sandbox.report import report

    echo(report(find_home()))


@sandbox.command()
def ledger() -> None:
    """Show how faithfully each resource type is emulated, and what only AWS can prove."""
    from terrarium_sandbox.ledger import table

    echo(table())


@sandbox.command()
def rules() -> None:
    """List the rules by which the sandbox refuses requests as AWS does, with their sources."""
    from terrarium_sandbox.rules.table import table

    echo(table(shutil.get_terminal_size().columns))


@sandbox.command()
@click.option("--markdown", is_flag=True, help="Print a table in Markdown.")
def patches(*, markdown: bool) -> None:
    """List the attributes that the sandbox replaces in moto, the library it extends, with reasons."""
    from terrarium_sandbox.patch_table import collect_patches, markdown_table, table

    found = collect_patches()
    echo(markdown_table(found) if markdown else table(found))


@sandbox.command("enforce-iam")
@click.option("--off", is_flag=True, help="Allow all requests with credentials again.")
def enforce_iam(*, off: bool) -> None:
    """Authorize every request as AWS does: policies, boundaries, conditions and trust policies."""
    from terrarium_sandbox.process import lifecycle

    lifecycle.require_running(find_home()).ask("PUT", "iam-enforcement", {"enforced": not off})
    echo("IAM is not enforced." if off else "IAM is enforced.")


@sandbox.command()
@click.option(
    "--advance",
    metavar="TIME",
    help="Advance the clock by 90s, 15m, 6h, 1d or 1d12h; schedules that become due run.",
)
def clock(advance: str | None) -> None:
    """Show or advance the clock that schedules use."""
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
@click.option("--account", help="The account. Default: the account of the environment.")
@click.option("--region", help="The region. Default: the region of the environment.")
def env(environment: str, account: str | None, region: str | None) -> None:
    """Print the shell exports for ENVIRONMENT (dev if omitted): eval "$(terrarium sandbox env)"."""
    from terrarium.checkout import environments_folder, find_checkout
    from terrarium_sandbox.client.client_environment import client_environment, shell_exports
    from terrarium_sandbox.client.pinned_account import PinnedAccount, choose_account
    from terrarium_sandbox.process import lifecycle

    running = lifecycle.require_running(find_home())
    checkout = find_checkout()
    pinned = choose_account(
        environments_folder(checkout) if checkout else None,
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
    """Print a token for AssumeRoleWithWebIdentity with these claims (iss, sub, aud, ...), as GitHub issues.

    It is valid for an hour, in the sandbox that is running now.
    """
    from terrarium_sandbox.process import lifecycle

    pairs = [claim.partition("=") for claim in claims]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise click.BadParameter(
                f"{name!r} is not a claim; write NAME=VALUE, for example sub=repo:acme/ml:environment:dev"
            )
    content = {name: value for name, _, value in pairs}
    echo(
        lifecycle.require_running(find_home()).ask("POST", "web-identity-tokens", {"claims": content})[
            "token"
        ]
    )


@sandbox.command()
@click.confirmation_option(prompt="Delete all resources, objects and databases of the sandbox?")
def reset() -> None:
    """Delete all state of the sandbox with its databases; restart it if it was running."""
    from terrarium_sandbox.process import lifecycle

    restarted = lifecycle.reset(find_home())
    echo("The sandbox is empty" + (", and up again." if restarted else "."))
