"""JSON that others wrote: read without crashing, whatever it is."""

import json
from typing import Any

__all__ = ["JsonUnreadableError", "read_json"]


class JsonUnreadableError(ValueError):
    """A text is not JSON, or has more levels or digits than Python reads."""


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises:
        JsonUnreadableError: It is not JSON, nested too deeply, or has a number of more than 4,300 digits.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise JsonUnreadableError("it is nested too deeply") from error
    except (
        ValueError
    ) as error:  # also of numbers that Python does not convert, and of bytes that are not UTF-8
        raise JsonUnreadableError(str(error)) from error
