"""Name and description of a model object."""

import json
from typing import Any

__all__ = ["describe_model"]


def describe_model(model: Any) -> tuple[str, str, int | None]:
    """Return the name, the description and, if the model states it, the number of trainable parameters."""
    if isinstance(model, str):
        return model, "", None
    name = f"{type(model).__module__}.{type(model).__qualname__}"
    if hasattr(model, "get_params"):
        # A scikit-learn estimator. Its `repr` truncates long descriptions.
        return name, json.dumps(model.get_params(deep=True), default=repr, sort_keys=True), None
    if callable(getattr(model, "parameters", None)):
        trainable = (weight.numel() for weight in model.parameters() if weight.requires_grad)
        return name, _described(model), sum(trainable)
    return name, _described(model), None


def _described(model: Any) -> str:
    try:
        return repr(model)
    except Exception:  # noqa: BLE001 - a model can be any object, and its `repr` can raise anything
        return ""
