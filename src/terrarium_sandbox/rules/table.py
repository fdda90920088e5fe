"""The table of rules that `terrarium sandbox rules` prints."""

import textwrap
from itertools import groupby

from terrarium_sandbox.rules import RULES
from terrarium_sandbox.rules.rule import Rule

__all__ = ["table"]

_COLUMNS_FROM = 140  # characters; in a narrower terminal, columns would break sentences into many short lines
_INDENT = "    "


def table(width: int) -> str:
    """Return every rule with its statement, error code and source, by service.

    Args:
        width: The width of the terminal in characters.
    """
    by_service = sorted(RULES, key=lambda rule: (rule.service, rule.id))
    sections = [
        "\n".join([service, *(_lines(rule, width) for rule in rules)])
        for service, rules in groupby(by_service, key=lambda rule: rule.service)
    ]
    return "\n\n".join([*sections, f"{len(RULES)} rules"])


def _lines(rule: Rule, width: int) -> str:
    return _columns(rule, width) if width >= _COLUMNS_FROM else _block(rule, width)


def _columns(rule: Rule, width: int) -> str:
    name = max(len(one.id) for one in RULES) + 2
    text = (width - name - 4) // 2
    statement = textwrap.wrap(rule.statement, text)
    source = textwrap.wrap(f"{rule.code}: {rule.source}", text)
    rows = max(len(statement), len(source))
    cells = zip(
        [rule.id, *[""] * (rows - 1)],
        statement + [""] * (rows - len(statement)),
        source + [""] * (rows - len(source)),
        strict=True,
    )
    return "\n".join(f"  {a:<{name}}{b:<{text + 2}}{c}".rstrip() for a, b, c in cells)


def _block(rule: Rule, width: int) -> str:
    room = max(width, 40)
    return "\n".join(
        [
            f"  {rule.id}",
            textwrap.fill(rule.statement, room, initial_indent=_INDENT, subsequent_indent=_INDENT),
            textwrap.fill(
                f"{rule.code}: {rule.source}", room, initial_indent=_INDENT, subsequent_indent=_INDENT
            ),
        ]
    )
