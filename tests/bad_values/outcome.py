"""Outcomes of a call: success, an error of Terrarium with a remedy, or Python's refusal of the signature."""

import signal
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from terrarium.errors import Error
from tests.bad_values.calls import Call

__all__ = ["HungError", "fault_of", "fault_of_message", "fault_of_text", "limited", "raw"]

_LONGEST = 600  # s; a call that takes longer, on whatever machine, hangs
_MOST_ITEMS = 20  # of what a call yields


class HungError(Exception):
    """The call did not return."""


def fault_of(call: Call, function: Callable[..., Any]) -> str | None:
    """Make the call; return what is wrong with its outcome, None if nothing is."""
    try:
        with limited(call.text):
            returned = function(*call.arguments, **call.keywords)
            if isinstance(returned, Iterator):
                list(islice(returned, _MOST_ITEMS))
            repr(returned)
    except Error as error:
        return fault_of_message(error)
    except TypeError as error:
        unexpected = "unexpected keyword argument" in str(error)  # of options that are passed on as they are
        return None if unexpected or not call.fits else raw(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - each of them is what this looks for
        return raw(error)
    return None


def fault_of_message(error: Error) -> str | None:
    """Return what is wrong with the text of an error of Terrarium."""
    if not error.problem.strip() or not error.remedy.strip():
        return f"{type(error).__name__} without a problem or a remedy: {error.args!r}"
    return fault_of_text(str(error))


def fault_of_text(text: str) -> str | None:
    """Return what is wrong with a text that people are shown."""
    hidden = {
        letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"
    }
    if hidden:
        return f"a text with control characters {sorted(map(ascii, hidden))}"
    return None


@contextmanager
def limited(what: str) -> Iterator[None]:
    """Interrupt what is done within if it takes too long."""

    def interrupt(*_: object) -> None:
        raise HungError(what[:200])

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(_LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def raw(error: BaseException) -> str:
    """Return a line about an exception that no user should see: its type, our last frame, its text."""
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "/src/terrarium/" in frame.filename
    ]
    place = f"{ours[-1].filename.rpartition('/src/')[2]}:{ours[-1].lineno}" if ours else "?"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the text of whatever was raised
        text = "(no text)"
    return f"{type(error).__name__} at {place}: {ascii(text)[:200]}"
