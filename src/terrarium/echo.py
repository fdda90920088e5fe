"""Output of commands: text without control characters, because it contains names from users, jobs and services."""

import json
import re
from typing import TYPE_CHECKING

import click

from terrarium.plain_text import plain_text

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["echo", "echo_log", "json_text"]

# Select Graphic Rendition (ECMA-48, section 8.3.117): only changes colour and weight.
_COLOURS = re.compile("(\x1b\\[[0-9;]*m)")


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a line to standard output, or to standard error.

    Args:
        text: The line; control characters other than line breaks and tabs are shown as replacement characters.
        err: Whether to print to standard error.
        nl: Whether to end it with a line break.
    """
    click.echo(plain_text(str(text)), err=err, nl=nl)


def echo_log(line: str) -> None:
    """Print a line of a job's log with its colours, but without other control sequences."""
    parts = _COLOURS.split(line)
    click.echo("".join(part if _COLOURS.fullmatch(part) else plain_text(part) for part in parts))


def json_text(model: "BaseModel", *, indent: int | None = None) -> str:
    """Return a model as JSON in ASCII, which `echo` prints unchanged."""
    return json.dumps(json.loads(model.model_dump_json()), indent=indent)
