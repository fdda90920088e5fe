"""The root of the command line: finds commands without importing them."""

import importlib
import io
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click

from terrarium.checkout import find_checkout
from terrarium.echo import echo
from terrarium.errors import Error
from terrarium.gc_tuning import collect_seldom

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

__all__ = ["command", "main"]

# Command -> where it lives. Loaded when used: `terrarium --help` must not import MLflow.
_COMMANDS: Mapping[str, str] = {
    "migrate": "terrarium.cli.migrate:migrate",
    "compare": "terrarium.cli.compare:compare",
    "datasets": "terrarium.cli.datasets:datasets",
    "describe": "terrarium.cli.describe:describe",
    "features": "terrarium.cli.features:features",
    "gc": "terrarium.cli.gc:gc",
    "jobs": "terrarium.cli.jobs:jobs",
    "init": "terrarium.cli.init:init",
    "login": "terrarium.cli.login:login",
    "models": "terrarium.cli.models:models",
    "pipelines": "terrarium.cli.pipelines:pipelines",
    "reproduce": "terrarium.cli.reproduce:reproduce",
    "runs": "terrarium.cli.runs:runs",
    "sync": "terrarium.cli.sync:sync",
    "tunnel": "terrarium.cli.tunnel:tunnel",
    "ui": "terrarium.cli.ui:ui",
}

# Other distributions add commands by entry points of this group, for example the local AWS.
_GROUP: Final = "terrarium.commands"
_KNOWN_DISTRIBUTIONS: Mapping[str, str] = {"sandbox": "terrarium-sandbox"}

# Commands of an infrastructure checkout (`environments/`, `stacks/`), which the SDK's wheel does not carry.
_CHECKOUT_COMMANDS: Mapping[str, str] = {
    "bootstrap": "operations.bootstrap:bootstrap",
    "images": "operations.images.commands:images",
    "sdk": "operations.sdk.commands:sdk",
    "drift": "operations.drift.command:drift",
    "key-policy": "operations.key_policy:key_policy",
    "plan": "operations.plan.commands:plan",
    "recover": "operations.recover.command:recover",
    "policy": "policies.command:policy",
    "cost": "operations.cost.command:cost",
    "restore-database": "operations.restore_database:restore_database",
    "undelete": "operations.undelete:undelete",
    "verify": "operations.verify.command:verify",
}


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        added = (found.name for found in _entry_points())
        return sorted({*_COMMANDS, *_CHECKOUT_COMMANDS, *_KNOWN_DISTRIBUTIONS, *added})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name in _COMMANDS:
            return _load(_COMMANDS[cmd_name])
        if cmd_name in _CHECKOUT_COMMANDS:
            return _load_from_checkout(cmd_name)
        for found in _entry_points(cmd_name):
            return _command(found.load())
        if cmd_name in _KNOWN_DISTRIBUTIONS:
            return _not_installed(cmd_name, _KNOWN_DISTRIBUTIONS[cmd_name])
        return None


def _entry_points(name: str | None = None) -> "EntryPoints":
    from importlib.metadata import entry_points  # imported when used: most commands are in the table above

    found = entry_points(group=_GROUP)
    return found if name is None else found.select(name=name)


def _load(target: str) -> click.Command:
    module, _, attribute = target.partition(":")
    return _command(getattr(importlib.import_module(module), attribute))


def _command(found: object) -> click.Command:
    assert isinstance(found, click.Command)  # noqa: S101 - a wrong entry in a table above or of a distribution
    return found


def _load_from_checkout(name: str) -> click.Command:
    checkout = find_checkout()
    if checkout is None:
        return _outside_a_checkout(name)
    sys.path.insert(0, str(checkout))
    return _load(_CHECKOUT_COMMANDS[name])


def _outside_a_checkout(name: str) -> click.Command:
    return _refusing(
        name,
        Error(
            f"`terrarium {name}` works on the stacks of a checkout, and there is none here",
            remedy="change to the folder that holds cdktf.json and environments/, and run it again",
        ),
        summary="(inside a checkout of the infrastructure only)",
    )


def _not_installed(name: str, distribution: str) -> click.Command:
    return _refusing(
        name,
        Error(
            f"`terrarium {name}` is a command of {distribution}, which is not installed",
            remedy="install it with the command that `terrarium describe <environment>` prints last; in a checkout of "
            "the infrastructure, run `make setup`",
        ),
        summary=f"(with {distribution} only)",
    )


def _refusing(name: str, error: Error, *, summary: str) -> click.Command:
    @click.command(
        name,
        help=summary,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def refuse() -> None:
        raise error

    return refuse


@click.group(cls=_Root)
@click.version_option(package_name="terrarium-ml", prog_name="terrarium")
def command() -> None:
    """Operate and use a machine-learning platform on AWS."""


def main() -> None:
    """Run the command line; an error of Terrarium ends it with its text and exit code 1."""
    collect_seldom()
    try:
        code = command(standalone_mode=False)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        echo(said.getvalue(), err=True, nl=False)  # it quotes what was typed
        sys.exit(error.exit_code)
    except click.Abort:
        echo("Aborted!", err=True)
        sys.exit(1)
    except Error as error:
        echo(f"terrarium: {error}", err=True)
        sys.exit(1)
    if isinstance(code, int) and code:
        sys.exit(code)
