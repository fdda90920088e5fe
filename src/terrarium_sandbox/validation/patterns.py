r"""Regular expressions of AWS' service models, which are in Java's dialect.

A pattern must match the whole value, as in the services' framework: IAM answers "Member must satisfy regular expression
pattern: [\w+=,.@-]+" for `a b`. A pattern that is anchored at one end only is searched for in the value.
"""

from collections.abc import Callable
from functools import cache

import regex

__all__ = ["compile_pattern"]

# Java writes characters above U+FFFF as pairs of surrogates.
_BEYOND_JAVAS_CHARACTERS = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
# Patterns with nested repetitions may not finish on values that they do not match. Such values are accepted.
_TIMEOUT_SECONDS = 0.5


@cache
def compile_pattern(pattern: str) -> Callable[[str], bool]:
    r"""Return a function that returns whether a value matches a pattern.

    `\w`, `\d` and `\s` mean ASCII, as in Java. `.` also matches line breaks, because some services accept them.
    """
    # In the `regex` package, the flag would also restrict Unicode properties.
    dialect = 0 if "\\p{" in pattern else regex.ASCII
    compiled = regex.compile(pattern.replace(*_BEYOND_JAVAS_CHARACTERS), regex.DOTALL | dialect)
    matches = compiled.search if pattern.startswith("^") is not pattern.endswith("$") else compiled.fullmatch

    def is_match(value: str) -> bool:
        try:
            return matches(value, timeout=_TIMEOUT_SECONDS) is not None
        except TimeoutError:
            return True

    return is_match
