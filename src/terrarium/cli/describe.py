"""`terrarium describe`: the resources of an environment, from its manifest."""

import sys

import click
from rich.console import Console
from rich.text import Text

from terrarium.echo import echo
from terrarium.plain_table import PlainTable
from terrarium.sdk_source import install_commands, sandbox_command

__all__ = ["describe"]

_WIDE = 180


@click.command()
@click.argument("environment")
def describe(environment: str) -> None:
    """Show the resources of ENVIRONMENT with their names, and how to install its SDK."""
    from terrarium.lab import connect

    manifest = connect(environment).manifest
    table = PlainTable(title=f"{manifest.environment}: account {manifest.account}, {manifest.region}")
    table.add_column("capability")
    table.add_column("name")
    table.add_column("value", overflow="fold")
    for section, content in manifest.model_dump(mode="json").items():
        if isinstance(content, dict):
            table.add_section()
            for index, (name, value) in enumerate(content.items()):
                # As Text: rich would replace `:secret:` in an ARN with an emoji.
                table.add_row("" if index else section, name, Text(_text(value)))
    if manifest.disabled:
        table.add_section()
        table.add_row("switched off", "capabilities", ", ".join(manifest.disabled))
    # In a file or a pipe, names are not wrapped, so that they can be searched.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    if manifest.sdk is not None:
        anywhere, without_index = install_commands(
            bucket=manifest.artifacts.bucket,
            release_prefix=manifest.sdk.release_prefix,
            dependencies_prefix=manifest.sdk.dependencies_prefix,
        )
        echo(f"\nInstall the SDK of {manifest.environment} (Python 3.11.4 or later):\n  {anywhere}")
        echo(f"Without a package index (Linux on x86-64, Python 3.11):\n  {without_index}")
        sandbox = sandbox_command(
            bucket=manifest.artifacts.bucket, release_prefix=manifest.sdk.release_prefix
        )
        echo(f"Together with the sandbox, the local AWS:\n  {sandbox}")


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(_text(item) for item in value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_text(item)}" for key, item in value.items())
    return "-" if value is None else str(value)
