"""What may come of a call: success, an error of Terrarium with a remedy, or Python's refusal of the signature."""

import signal
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from terrarium.errors import Error
from tests.bad_values.calls import Call

__all__ = ["HungError", "fault_of", "fault_of_message", "limited"]

_LONGEST = 60  # s that a call may take on a loaded machine before it counts as hanging
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
        return None if not call.fits else _raw(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - each of them is what this looks for
        return _raw(error)
    return None


def fault_of_message(error: Error) -> str | None:
    """Return what is wrong with the text of an error of Terrarium."""
    if not error.problem.strip() or not error.remedy.strip():
        return f"{type(error).__name__} without a problem or a remedy: {error.args!r}"
    text = str(error)
    hidden = {
        letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"
    }
    if hidden:
        return f"{type(error).__name__} whose text has control characters {sorted(map(ascii, hidden))}"
    if len(text) > 20_000:
        return f"{type(error).__name__} whose text has {len(text)} characters"
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


def _raw(error: BaseException) -> str:
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "/src/terrarium/" in frame.filename
    ]
    place = f"{ours[-1].filename.rpartition('/src/')[2]}:{ours[-1].lineno}" if ours else "?"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the text of whatever was raised
        text = "(no text)"
    return f"{type(error).__name__} at {place}: {ascii(text)[:200]}"
