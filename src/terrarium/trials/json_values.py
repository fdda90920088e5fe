"""Hyperparameters as JSON has them."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

__all__ = ["json_object"]


def json_object(values: Mapping[str, object]) -> dict[str, JsonValue]:
    """The same with plain values; what JSON has no word for, such as a distribution or an estimator, by its `repr`."""
    plain: dict[str, JsonValue] = json.loads(json.dumps(dict(values), default=_plain))
    return plain


def _plain(value: object) -> object:
    # Numbers and arrays of NumPy's know their plain counterparts.
    to_plain = getattr(value, "tolist", None)
    return to_plain() if callable(to_plain) else repr(value)
