"""Tables show the names that people chose, whatever characters they hold."""

import io

import pytest
from rich.console import Console

from terrarium.plain_table import PlainTable


def shown(*cells: str, title: str | None = None) -> str:
    table = PlainTable("name", "value", title=title)
    table.add_row(*cells)
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    output = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert isinstance(output, str)
    return output


@pytest.mark.parametrize(
    "name",
    ["a[/]b", "[/x]", "grid [lr=0.1]", "[unit: EUR]", "[link=a]b", "[red]x[/red]", "\\[a]"],
)
def test_brackets_in_names_are_text(name: str) -> None:
    assert name in shown(name, "1")
    assert name in shown("run", "1", title=name)


def test_control_characters_do_not_reach_the_terminal() -> None:
    output = shown("a\x1b[31mb\x07", "\ud800")
    assert "\x1b" not in output
    assert "a�[31mb�" in output


def test_a_line_break_in_a_cell_is_a_line_break() -> None:
    assert shown("first\nsecond", "1").count("\n") == shown("first", "1").count("\n") + 1
