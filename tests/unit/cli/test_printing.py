"""Commands print through `echo` and `PlainTable`, which show control characters and markup as text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from terrarium.echo import echo, echo_log
from terrarium.errors import Error
from terrarium.plain_text import plain_text

_ROOT = Path(__file__).parents[3]
_FOLDERS = ("src/terrarium", "operations", "policies")
_ELSEWHERE = {"src/terrarium_sandbox"}  # prints only in its commands, which are looked at

# Where something else prints, and why what it prints is safe.
_ALLOWED = {
    "operations/changelog.py:print": "writes a section of this checkout's changelog to a file of a workflow",
    "operations/delivery_role.py:print": "prints the policy of a role, as JSON in ASCII",
    "operations/delivery_stages.py:print": "prints names of environments of this checkout, as JSON in ASCII",
    "operations/gitlab_pipeline.py:print": "writes the jobs of this checkout's environments, as JSON in ASCII",
    "operations/handover.py:print": "writes outputs of a workflow: names and digests of this checkout",
    "operations/reference.py:print": "writes pages of the documentation from the stacks of this checkout",
    "policies/escalation/__main__.py:print": "prints names of constructs of this checkout",
    "src/terrarium/cli/models.py:click.echo": "writes a card to a file or another program, not to a terminal",
    "src/terrarium/cli/runs.py:click.echo": "writes CSV to a file or another program, not to a terminal",
    "src/terrarium/compute/entry_point.py:print": "writes to the log of a job; the text of an error is plain",
    "src/terrarium/compute/packages/job_packages.py:print": "writes to the log of a job",
    "src/terrarium/compute/waiting_reports.py:print": "prints plain_text",
    "src/terrarium/echo.py:click.echo": "is what the others print through",
    "src/terrarium/verification/__main__.py:click.echo": "writes JSON for the process that started it",
    "operations/cost/command.py:Table": "shows names of modules of this checkout",
}
_PRINTERS = {"print", "click.echo", "click.secho", "Table"}


def _printed(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in _PRINTERS:
            yield f"{path.relative_to(_ROOT)}:{name}"


def _files() -> Iterator[Path]:
    for folder in _FOLDERS:
        for path in (_ROOT / folder).rglob("*.py"):
            inside = str(path.relative_to(_ROOT))
            if not any(inside.startswith(f"{other}/") for other in _ELSEWHERE) or path.name == "commands.py":
                yield path


def test_no_command_prints_what_others_named_as_it_is() -> None:
    found = {place for path in _files() for place in _printed(path)}
    assert found - _ALLOWED.keys() == set(), (
        "print by terrarium.echo.echo or PlainTable, or state why it is safe"
    )
    assert _ALLOWED.keys() - found == set(), "these print no more"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x1b[31mred\x1b[0m", "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}[0m"),
        ("\x1b]0;title\x07", "\N{REPLACEMENT CHARACTER}]0;title\N{REPLACEMENT CHARACTER}"),
        ("a\rb\x9bc\x00", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"),
        ("a\u202eb\ud800", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("two\nlines\tof [markup]", "two\nlines\tof [markup]"),
        ("Köln \N{PARTY POPPER}", "Köln \N{PARTY POPPER}"),
    ],
)
def test_control_characters_are_shown_and_not_sent(
    text: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain_text(text) == printed
    echo(text)
    assert capsys.readouterr().out == f"{printed}\n"
    assert Error(text, remedy=text).problem == printed


def test_logs_have_no_control_sequences_but_colours(capsys: pytest.CaptureFixture[str]) -> None:
    echo_log("\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J")
    hidden = "\N{REPLACEMENT CHARACTER}"
    # click leaves colours out where standard output is not a terminal.
    assert capsys.readouterr().out == f"red {hidden}]0;title{hidden}{hidden}[2J\n"
