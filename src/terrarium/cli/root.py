"""The root of the command line: finds commands without importing them."""

import importlib
import io
import sys
from collections.abc import Mapping

import click

from terrarium.checkout import find_checkout
from terrarium.echo import echo
from terrarium.errors import Error
from terrarium.gc_tuning import collect_seldom

__all__ = ["command", "main"]

# Command -> where it lives. Loaded when used: `terrarium --help` must not import MLflow.
_COMMANDS: Mapping[str, str] = {
    "migrate": "terrarium.metadata.commands:migrate",
    "compare": "terrarium.cli.compare:compare",
    "datasets": "terrarium.cli.datasets:datasets",
    "describe": "terrarium.cli.describe:describe",
    "features": "terrarium.cli.features:features",
    "gc": "terrarium.cli.gc:gc",
    "jobs": "terrarium.cli.jobs:jobs",
    "init": "terrarium.cli.init:init",
    "models": "terrarium.cli.models:models",
    "pipelines": "terrarium.cli.pipelines:pipelines",
    "reproduce": "terrarium.cli.reproduce:reproduce",
    "runs": "terrarium.cli.runs:runs",
    "sync": "terrarium.journal.commands:sync",
    "tunnel": "terrarium.tunnel.command:tunnel",
    "ui": "terrarium.cli.ui:ui",
    "sandbox": "terrarium_sandbox.commands:sandbox",
}

# Commands of an infrastructure checkout (`environments/`, `stacks/`), which the SDK's wheel does not carry.
_CHECKOUT_COMMANDS: Mapping[str, str] = {
    "migrate": "terrarium.metadata.commands:migrate",
    "bootstrap": "operations.bootstrap:bootstrap",
    "images": "operations.images.commands:images",
    "sdk": "operations.sdk.commands:sdk",
    "drift": "operations.plan.commands:drift",
    "plan": "operations.plan.commands:plan",
    "policy": "policies.command:policy",
    "cost": "operations.cost.command:cost",
    "verify": "operations.verify.command:verify",
}


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted({*_COMMANDS, *_CHECKOUT_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name in _COMMANDS:
            return _load(_COMMANDS[cmd_name])
        if cmd_name in _CHECKOUT_COMMANDS:
            return _load_from_checkout(cmd_name)
        return None


def _load(target: str) -> click.Command:
    module, _, attribute = target.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)  # noqa: S101 - a wrong entry in the table above
    return command


def _load_from_checkout(name: str) -> click.Command:
    checkout = find_checkout()
    if checkout is None:
        return _outside_a_checkout(name)
    sys.path.insert(0, str(checkout))
    return _load(_CHECKOUT_COMMANDS[name])


def _outside_a_checkout(name: str) -> click.Command:
    @click.command(
        name,
        help="(inside a checkout of the infrastructure only)",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def refuse() -> None:
        raise Error(
            f"`terrarium {name}` works on the stacks of a checkout, and there is none here",
            remedy="change to the folder that holds cdktf.json and environments/, and say it again",
        )

    return refuse


@click.group(cls=_Root)
@click.version_option(package_name="terrarium-ml", prog_name="terrarium")
def command() -> None:
    """A machine-learning platform on AWS: provisioned, emulated, and handed to experiments."""


def main() -> None:
    """Run the command line; an error of ours ends it with its text and code 1."""
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
