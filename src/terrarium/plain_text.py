"""Text that a terminal, a log and a file can show: without control characters, and of limited length."""

import unicodedata

__all__ = ["MOST_BITS", "plain_text", "shortened", "shown"]

MOST_BITS = 14_284
"""Bits of an integer of 4,300 decimal digits: Python converts no larger one to text."""

_HIDDEN = "\N{REPLACEMENT CHARACTER}"
_KEPT = "\n\t"
# They make a terminal show text in another order than it has (Unicode Technical Report 36, section 3.1).
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_SHOWN = 80  # characters of a value within a message


def plain_text(text: str) -> str:
    """Return `text` with replacement characters for control characters, surrogates and overrides of direction.

    An escape sequence in the name of a run would otherwise reach the terminal of everybody who lists it. Line breaks
    and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(_HIDDEN if _is_hidden(letter) else letter for letter in text)


def shortened(text: str, longest: int) -> str:
    """Return `text`, cut to `longest` characters, with the number of characters that were cut."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def shown(value: object) -> str:
    """Return the representation of a value for a message, cut to 80 characters, whatever the value is."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a message can be about any object
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _is_hidden(letter: str) -> bool:
    if letter in _KEPT:
        return False
    return unicodedata.category(letter) in ("Cc", "Cs") or letter in _BIDIRECTIONAL
