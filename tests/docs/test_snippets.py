"""Commands and Python code in the documentation: each command, option, method and keyword argument exists."""

import ast
import importlib
import inspect
import re
import shlex
import textwrap
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import click
import pytest

import terrarium.lab
from terrarium.cli.root import command as root
from tests.prose.files import ROOT, written_files

PAGES = [
    file
    for file in written_files()
    if file.suffix == ".md" and "decisions" not in file.parts and file.name != "CHANGELOG.md"
]
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [textwrap.dedent(text) for _, name, text in found if name == language]


def typed_commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command: of console blocks, and of inline code that begins with `terrarium`."""
    text = page.read_text(encoding="utf-8")
    lines = [line.removeprefix("$ ") for block in blocks(page, "console") for line in _joined(block)]
    for line in [*lines, *re.findall(r"`(terrarium [^`\n|]+)`", _BLOCK.sub("", text))]:
        inner = re.findall(r"\$\(([^)]+)\)", line)
        for typed in [line, *inner]:
            try:
                words = shlex.split(typed, comments=True)
            except ValueError:  # output of a command, with an apostrophe
                continue
            while followed := next((place for place, word in enumerate(words) if word in {"&&", "||"}), None):
                yield words[:followed]
                words = words[followed + 1 :]
            yield words[: words.index("|")] if "|" in words else words


def _joined(block: str) -> list[str]:
    return [line for line in re.sub(r"\\\n", " ", block).splitlines() if line.startswith("$ ")]


def problem(words: list[str]) -> str | None:
    """Return what is wrong with a command, or None."""
    words = list(dropwhile(_ASSIGNMENT.fullmatch, words))
    if not words or words[0] != "terrarium":
        return None
    found: click.Command = root
    rest = [word.strip("[]") for word in words[1:]]
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        child = found.get_command(click.Context(found), rest[0])
        if child is None:
            return f"{shlex.join(words)}: no command {rest[0]}"
        found, rest = child, rest[1:]
    known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = [word.partition("=")[0] for word in takewhile(lambda word: word != "--", rest)]
    wrong = [word for word in options if re.match(r"--?[a-z]", word) and word not in known | {"--help"}]
    return f"{shlex.join(words)}: no option {wrong[0]}" if wrong else None


@each_page
def test_commands_and_options_exist(page: Path) -> None:
    assert [found for typed in typed_commands(page) if (found := problem(typed))] == []


def service_classes() -> dict[str, type]:
    """Return the class of each service of the lab, by the name of its attribute."""
    tree = ast.parse(inspect.getsource(terrarium.lab))
    homes = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    found = {}
    for name in dir(terrarium.lab.Lab):
        member = inspect.getattr_static(terrarium.lab.Lab, name)
        function = getattr(member, "func", getattr(member, "fget", None))
        returned = str(getattr(function, "__annotations__", {}).get("return", "")).strip("\"'")
        if not name.startswith("_") and returned in homes:
            found[name] = getattr(importlib.import_module(homes[returned]), returned)
    return found


SERVICES = service_classes()


def chain(node: ast.expr) -> list[str] | None:
    """Return the names of `a.b.c`, or None for any other expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else None


def target(names: list[str]) -> Any:
    """Return what `lab.x.y` or `terrarium.x` names; raise `AttributeError` if it does not exist, None if unknown."""
    if names[0] == "lab" and len(names) > 1:
        if len(names) > 2 and names[1] in SERVICES:
            return inspect.getattr_static(SERVICES[names[1]], names[2])
        return inspect.getattr_static(terrarium.lab.Lab, names[1])
    found: Any = terrarium if names[0] == "terrarium" else None
    for name in names[1:]:
        found = found and getattr(found, name)
    return found


def wrong_names(code: str) -> Iterator[str]:
    """Yield the attributes, keyword arguments and imports of a snippet that do not exist."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("terrarium"):
            module = importlib.import_module(node.module or "")
            yield from (f"{node.module}.{a.name}" for a in node.names if not hasattr(module, a.name))
        if isinstance(node, ast.Attribute) and (names := chain(node)):
            try:
                target(names)
            except AttributeError:
                yield ".".join(names)
        if isinstance(node, ast.Call) and (names := chain(node.func)):
            yield from wrong_keywords(names, {keyword.arg for keyword in node.keywords if keyword.arg})


def wrong_keywords(names: list[str], given: set[str]) -> Iterator[str]:
    """Yield the keyword arguments of a call that the function does not have."""
    try:
        function = target(names)
    except AttributeError:
        return
    if inspect.isclass(function) or inspect.isroutine(function):
        parameters = inspect.signature(function).parameters
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
            yield from (f"{'.'.join(names)}({name}=...)" for name in sorted(given - set(parameters)))


@each_page
def test_methods_and_keyword_arguments_exist(page: Path) -> None:
    assert [name for code in blocks(page, "python") for name in wrong_names(code)] == []


def test_finds_wrong_commands_and_methods() -> None:
    assert problem(["terrarium", "runs", "list", "--nested"]) is None
    assert problem(["AWS_PROFILE=x", "terrarium", "runs", "list", "--absent"]) is not None
    assert problem(["terrarium", "absent"]) is not None
    assert list(wrong_names("lab.models.submit(run, 'churn', absent=1)\nlab.models.absent()")) == [
        "lab.models.submit(absent=...)",
        "lab.models.absent",
    ]
