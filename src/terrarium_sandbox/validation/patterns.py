r"""Patterns of AWS' service models, which are regular expressions in Java's dialect.

They match the whole value, as in the services' framework: IAM answers "Member must satisfy regular expression pattern:
[\w+=,.@-]+" for `a b`. A pattern that is anchored at one end only would contradict that: it is searched for.
"""

from collections.abc import Callable
from functools import cache

import regex

__all__ = ["compile_pattern"]

# Java writes characters beyond the first 65,536 as pairs of surrogates.
_BEYOND_JAVAS_CHARACTERS = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
# Patterns with nested repetitions may take for ever on what they do not match: it is accepted then.
_PATIENCE_SECONDS = 0.5


@cache
def compile_pattern(pattern: str) -> Callable[[str], bool]:
    r"""Return a function that tells whether a value matches a pattern.

    `\w`, `\d` and `\s` mean ASCII, as in Java. `.` also matches line breaks: some services accept
    them.
    """
    # In the `regex` package the flag would narrow Unicode's properties, too.
    dialect = 0 if "\\p{" in pattern else regex.ASCII
    compiled = regex.compile(pattern.replace(*_BEYOND_JAVAS_CHARACTERS), regex.DOTALL | dialect)
    matches = compiled.search if pattern.startswith("^") is not pattern.endswith("$") else compiled.fullmatch

    def is_match(value: str) -> bool:
        try:
            return matches(value, timeout=_PATIENCE_SECONDS) is not None
        except TimeoutError:
            return True

    return is_match
