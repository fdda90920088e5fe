"""How a model describes itself."""

import json
from typing import Any

__all__ = ["describe_model"]


def describe_model(model: Any) -> tuple[str, str, int | None]:
    """Name, description, and number of trainable parameters where the model knows it."""
    if isinstance(model, str):
        return model, "", None
    name = f"{type(model).__module__}.{type(model).__qualname__}"
    if hasattr(model, "get_params"):
        # An estimator of scikit-learn's kind, whose own `repr` cuts long descriptions short.
        return name, json.dumps(model.get_params(deep=True), default=repr, sort_keys=True), None
    if callable(getattr(model, "parameters", None)):
        trainable = (weight.numel() for weight in model.parameters() if weight.requires_grad)
        return name, _described(model), sum(trainable)
    return name, _described(model), None


def _described(model: Any) -> str:
    try:
        return repr(model)
    except Exception:  # noqa: BLE001 - any object may be called a model, and its own code describes it
        return ""
