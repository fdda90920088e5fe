"""Translations of regular expression functions (Trino documentation, "Regular expression functions").

Python's engine runs them: like Trino's, it supports lookaround and backreferences, which DuckDB's does not. For
literal patterns without these, `regexp_like` and the first match use DuckDB's engine, which is faster.
"""

import re

from terrarium_sandbox.athena.translation.call import Call, function

__all__ = ["FUNCTIONS"]

# Patterns with the same meaning in RE2 and Java: no lookaround, atomic group, backreference, possessive quantifier or
# different class (\p, \h, \R), and no `$`, which in Java also matches before the final line end.
_PORTABLE = re.compile(r"(?:\\[dDsSwWbB.\-+*?()\[\]{}/|^]|\((?!\?)|\(\?:|[*+?}](?![+])|[^\\()$*+?}&])*")


def _is_portable(call: Call) -> bool:
    node = call[1].node.unnest()
    if not node.is_string or not _PORTABLE.fullmatch(node.name):
        return False
    try:
        re.compile(node.name)
    except re.error:
        return False
    return True


def _like(call: Call) -> str:
    if _is_portable(call):
        return f"regexp_matches({call[0]}, {call[1]})"
    return f"trino_regexp_like({call[0]}, {call[1]})"


def _extract(call: Call) -> str:
    group = call[2] if len(call) > 2 else "0"
    return f"trino_regexp_extract({call[0]}, {call[1]}, {group})"


def _extract_all(call: Call) -> str:
    group = call[2] if len(call) > 2 else "0"
    return f"trino_regexp_extract_all({call[0]}, {call[1]}, {group})"


def _position(call: Call) -> str:
    start = call[2] if len(call) > 2 else "1"
    occurrence = call[3] if len(call) > 3 else "1"
    return f"trino_regexp_position({call[0]}, {call[1]}, {start}, {occurrence})"


def _replace(call: Call) -> str:
    if len(call) == 2:
        return f"trino_regexp_replace({call[0]}, {call[1]}, '')"
    replacement = call[2]
    if not replacement.is_lambda:
        return f"trino_regexp_replace({call[0]}, {call[1]}, {replacement})"
    name = replacement.variable("m")
    # Each piece is the text before a match, with the match's groups. The last piece has no groups.
    pieces = f"trino_regexp_pieces({call[0]}, {call[1]})"
    groups = f"{name}.captured"
    replaced = f"CASE WHEN {groups} IS NULL THEN '' ELSE coalesce({replacement.apply(groups)}, '') END"
    joined = f"array_to_string(list_transform({pieces}, lambda {name}: {name}.before || {replaced}), '')"
    return f"CASE WHEN {call[0]} IS NULL OR {call[1]} IS NULL THEN NULL ELSE {joined} END"


FUNCTIONS = {
    "regexp_count": function(lambda call: f"trino_regexp_count({call[0]}, {call[1]})", 2),
    "regexp_extract": function(_extract, 2, 3),
    "regexp_extract_all": function(_extract_all, 2, 3),
    "regexp_like": function(_like, 2),
    "regexp_position": function(_position, 2, 4),
    "regexp_replace": function(_replace, 2, 3),
    "regexp_split": function(lambda call: f"trino_regexp_split({call[0]}, {call[1]})", 2),
}
