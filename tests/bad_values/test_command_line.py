"""Whatever is typed, `terrarium` answers with its output or with an error in words, never with a traceback.

A failure prints seed and number of each line. To repeat one, set BAD_VALUES=<seed>:<number>.
"""

import os
import shlex
from pathlib import Path

import pytest

from tests.bad_values.commands import command_line, commands, fault_of_line, right_values
from tests.bad_values.excluded import COMMANDS
from tests.bad_values.unavailable import Unavailable, without
from tests.bad_values.values import bad_paths, bad_texts
from tests.bad_values.world import World

pytest_plugins = ["tests.support.sdk_environment", "tests.bad_values.environment"]

_SEED = 1
_FEW, _MANY = 200, 5_000
_MOST_SHOWN = 30


@pytest.mark.parametrize("lines", [_FEW, pytest.param(_MANY, marks=pytest.mark.slow)])
def test_no_traceback_reaches_a_user(world: World, lines: int) -> None:
    known = [command for command in commands() if command.name not in COMMANDS]
    right = right_values(world)
    seed, _, only = os.environ.get("BAD_VALUES", str(_SEED)).partition(":")
    faults = []
    for number in [int(only)] if only else range(lines):
        words = command_line(int(seed), number, known=known, bad=_bad(world.files), right=right)
        fault = fault_of_line(words)
        faults += [f"{seed}:{number} {ascii(shlex.join(words))[:300]}\n    {fault}"] if fault else []
    assert not faults, "\n".join([f"{len(faults)} lines went wrong", *faults[:_MOST_SHOWN]])


@pytest.mark.parametrize("unavailable", ["offline", "expired"])
def test_commands_say_what_cannot_be_reached(world: World, unavailable: Unavailable) -> None:
    right = right_values(world)
    faults = []
    with without(unavailable):
        for command in commands():
            if command.name in COMMANDS:
                continue
            words = command_line(_SEED, 0, known=[command], bad=["1"], right=right)
            fault = fault_of_line(words)
            faults += [f"{shlex.join(words)}\n    {fault}"] if fault else []
    assert not faults, "\n".join(faults)


def test_what_is_excluded_exists() -> None:
    assert COMMANDS.keys() - {command.name for command in commands()} == set()


def _bad(files: Path) -> list[str]:
    # What a command line can hold: undecodable bytes are surrogates of their own, NUL and others do not exist.
    texts = [
        text
        for text in bad_texts().values()
        if "\0" not in text and "\ud800" not in text and len(text) < 100_000
    ]
    return [*texts, *map(str, bad_paths(files).values())]
