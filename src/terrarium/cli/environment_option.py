"""The option `--environment` of all commands that work with runs, models or data."""

from collections.abc import Callable
from typing import TypeVar

import click

__all__ = ["environment_option"]

_Command = TypeVar("_Command", bound=Callable[..., object])


def environment_option(command: _Command) -> _Command:
    """Add the option `--environment`, whose default is the environment variable `TERRARIUM_ENVIRONMENT`."""
    return click.option(
        "--environment",
        "-e",
        envvar="TERRARIUM_ENVIRONMENT",
        required=True,
        help="Name of the environment, e.g. dev.",
        show_envvar=True,
    )(command)
