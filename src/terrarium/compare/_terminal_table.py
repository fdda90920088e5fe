"""A comparison as tables for a terminal."""

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from terrarium.plain_table import PlainTable, printable
from terrarium.plain_text import plain_text

if TYPE_CHECKING:
    from terrarium.compare._comparison_content import ComparisonContent

__all__ = ["tables"]


def tables(comparison: "ComparisonContent") -> RenderableType:
    """Return one table of all sections, followed by the differences of code."""
    best = comparison.ranking
    direction = "highest" if best and best.maximize else "lowest"
    table = PlainTable(title=f"by {best.metric}, {direction} first" if best else None, title_justify="left")
    table.add_column("", style="bold", overflow="fold")
    for run in comparison.runs:
        table.add_column(f"{run.name}\n{run.id[:8]}", overflow="fold")
    for section in comparison.sections:
        table.add_section()
        table.add_row(Text(section.name, style="bold cyan"))
        for what, values in section.rows.items():
            table.add_row(f" {what}", *("—" if value is None else value for value in values))
    parts: list[RenderableType] = [table]
    if not comparison.sections:
        parts.append(Text("no recorded value differs"))
    first = next(iter(comparison.labels.values()))
    for changed, difference in comparison.code.items():
        parts += [
            Rule(printable(f"code: {first} -> {comparison.labels[changed]}")),
            Syntax(plain_text(difference), "diff", word_wrap=True),
        ]
    return Group(*parts)
