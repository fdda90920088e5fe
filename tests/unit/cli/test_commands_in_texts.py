"""Every command that an error, a remedy, a help text or a guide names exists, with its options."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from terrarium.cli.root import command as root

ROOT = Path(__file__).parents[3]
SOURCES = ("src", "operations", "policies", "modules", "stacks", "environments")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "guides").glob("*.md")))

# `terrarium x`, "…: terrarium x", and a line of a shell that begins with it.
_COMMAND = re.compile(r"`terrarium ([^`]+)`|(?:: |^\$ |^>? *&& )terrarium ([a-z][^\n;,#|&]*)", re.MULTILINE)


class Named(NamedTuple):
    """A command in a text.

    Args:
        place: The file and the line.
        words: The words after `terrarium`.
    """

    place: str
    words: tuple[str, ...]


def texts_of(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the string constants of a Python file with their lines; `X` stands for values in f-strings."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def commands_in(text: str) -> Iterator[tuple[str, ...]]:
    for found in _COMMAND.finditer(text):
        words = tuple((found[1] or found[2]).partition(" -- ")[0].replace("\\\n", " ").split())
        if words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
            yield words


def named_in_sources() -> Iterator[Named]:
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for line, text in texts_of(file):
                yield from (Named(f"{file.relative_to(ROOT)}:{line}", words) for words in commands_in(text))


def problem_of(words: tuple[str, ...]) -> str | None:
    command = root.get_command(click.Context(root), words[0])
    if command is None:
        return f"there is no command {words[0]}"
    rest = list(words[1:])
    if isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            return f"{words[0]} has no command {rest[0]}"
        command = found
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for word in rest:
        option = re.match(r"--[a-z][a-z-]*", word)
        if option and option[0] not in {*options, "--help", "--version"}:
            return f"{' '.join(words[:2])} has no option {option[0]}"
    return None


def test_every_command_in_a_text_of_the_code_exists() -> None:
    named = list(named_in_sources())
    assert len(named) > 100
    assert [(place, problem) for place, words in named if (problem := problem_of(words))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_guide_exists(page: Path) -> None:
    assert [problem for words in commands_in(page.read_text()) if (problem := problem_of(words))] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run `terrarium datasets drop X`", None),
        ("run `terrarium dataset drop X`", "there is no command dataset"),
        ("start it: terrarium sandbox upp", "sandbox has no command upp"),
        ("$ terrarium plan dev --saved x", "plan dev has no option --saved"),
    ],
)
def test_a_command_that_does_not_exist_is_found(text: str, expected: str | None) -> None:
    (words,) = commands_in(text)
    assert problem_of(words) == expected
