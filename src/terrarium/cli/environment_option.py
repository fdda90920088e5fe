"""`--environment`, which every command takes that is about runs rather than about the environment itself."""

from collections.abc import Callable
from typing import TypeVar

import click

__all__ = ["environment_option"]

_Command = TypeVar("_Command", bound=Callable[..., object])


def environment_option(command: _Command) -> _Command:
    """Add `--environment`, whose default is what `TERRARIUM_ENVIRONMENT` says."""
    return click.option(
        "--environment",
        "-e",
        envvar="TERRARIUM_ENVIRONMENT",
        required=True,
        help="E.g. dev.",
        show_envvar=True,
    )(command)
