"""`PlainTable`: a table that shows names and values of users without interpreting markup."""

from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from terrarium.plain_text import plain_text

__all__ = ["PlainTable", "printable"]


class PlainTable(Table):
    """A table whose headings, cells and title are text.

    Brackets are not markup, because the name of a run can be `[/]` or `grid [lr=0.1]`. Control characters are shown as
    `�`, because escape sequences would reach the terminal.
    """

    def __init__(self, *headings: str, title: str | None = None, **options: Any) -> None:
        super().__init__(title=None if title is None else printable(title), **options)
        for heading in headings:
            self.add_column(heading)

    def add_column(self, header: RenderableType = "", footer: RenderableType = "", **options: Any) -> None:
        """Add a column with a heading of plain text."""
        super().add_column(_text(header), _text(footer), **options)

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row with cells of plain text."""
        super().add_row(*(_text(cell) for cell in cells), **options)


def printable(value: str) -> Text:
    """Return `value` as text without markup, and without control characters other than line breaks and tabs."""
    return Text(plain_text(value))


def _text(cell: Any) -> Any:
    return printable(cell) if isinstance(cell, str) else cell
