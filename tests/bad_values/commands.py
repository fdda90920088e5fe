"""Every command of `terrarium`, found in its tree, and the command lines that are typed with bad values."""

import io
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import click

from terrarium.cli import root
from tests.bad_values.outcome import fault_of_text, limited, raw
from tests.bad_values.world import World

__all__ = ["Command", "command_line", "commands", "fault_of_line"]

_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Command:
    """A command without commands below it, by the words that name it."""

    words: tuple[str, ...]
    parameters: tuple[click.Parameter, ...]

    @property
    def name(self) -> str:
        """E.g. `runs list`."""
        return " ".join(self.words)


def commands() -> Iterator[Command]:
    """Yield every command, those of a checkout included."""
    group = root.command
    with chdir(_CHECKOUT):  # which some commands are only known in
        yield from list(_below(group, (), click.Context(group)))


def _below(command: click.Command, words: tuple[str, ...], context: click.Context) -> Iterator[Command]:
    if not isinstance(command, click.Group):
        yield Command(words, tuple(command.params))
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _below(found, (*words, name), context)


def command_line(
    seed: int, number: int, *, known: Sequence[Command], bad: Sequence[str], right: Mapping[str, str]
) -> list[str]:
    """Return the words of this number: a command with bad values for one or two of its parameters."""
    chance = random.Random(f"{seed}:line:{number}")
    command = chance.choice(known)
    named = [parameter for parameter in command.parameters if parameter.name is not None]
    spoilt = set(map(id, chance.sample(named, min(len(named), chance.choice((1, 1, 2))))))
    options: list[str] = []
    arguments: list[str] = []
    for parameter in named:
        value = (
            chance.choice(bad) if id(parameter) in spoilt else right.get(f"{command.name} {parameter.name}")
        )
        value = value if value is not None else right.get(parameter.name or "")
        if isinstance(parameter, click.Argument):
            if value is None and parameter.required:
                value = chance.choice(bad)
            arguments += [] if value is None else [value]
        elif isinstance(parameter, click.Option):
            chosen = id(parameter) in spoilt or parameter.required or chance.random() < 0.15
            if chosen and (parameter.is_flag or parameter.count):
                options.append(chance.choice([*parameter.opts, *parameter.secondary_opts]))
            elif chosen:
                options += [parameter.opts[0], chance.choice(bad) if value is None else value]
    return [*command.words, *options, *(["--"] if chance.random() < 0.5 else []), *arguments]


def fault_of_line(words: Sequence[str]) -> str | None:
    """Type a command line in this process; return what is wrong with what came of it, None if nothing is."""
    # As a terminal has it: undecodable bytes cannot be printed, and standard error escapes them.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)
    code: object = 0
    try:
        with (
            patch.object(sys, "argv", ["terrarium", *words]),
            patch.object(sys, "stdin", io.StringIO("")),
            redirect_stdout(out),
            redirect_stderr(err),
            limited(" ".join(words)),
        ):
            root.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException as error:  # noqa: BLE001 - each of them is what this looks for
        return raw(error)
    printed, said = (stream.buffer.getvalue().decode(errors="replace") for stream in (out, err))
    if "Traceback" in said:
        return f"a traceback: {said[-300:]}"
    if code not in (0, None) and not said.strip() and not printed.strip():
        return f"code {code}, and not a word"
    if "terrarium: " in said and "\n  -> " not in said:
        return f"an error without a remedy: {said[:300]!r}"
    return fault_of_text(said) or fault_of_text(printed)


def right_values(world: World) -> dict[str, str]:
    """Return right values by the name of a parameter, or by the command and the name."""
    run, dataset = world.subjects["finished run"].id, world.subjects["dataset"].name
    return {
        "environment": world.lab.environment,
        "run": run,
        "runs": run,
        "ids": run,
        "name": dataset,
        "view": "bad_usage",
        "views": "bad_usage",
        "references": "bad_usage:minutes",
        "job": world.subjects["job"].id,
        "version": "bad/1",
        "alias": "champion",
        "limit": "5",
        "reason": "for a test",
        "reproduce run": "no-such-run",
        "jobs cancel ids": world.subjects["job"].id,
        "models list name": "bad",
        "models submit name": "bad",
        "datasets drop name": "bad.spare",
        "folder": str(world.files / "exported"),
        "pipelines compile pipeline": "json:loads",
        "pipeline": "bad",
        "execution": "once",
        "order_by": "started desc",
    }
