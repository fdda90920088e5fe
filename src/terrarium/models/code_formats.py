"""Detection of models whose loading executes code of the model.

MLflow's MLmodel file names the module that loads the model and, for skops, the types that may be loaded. The author of
the model wrote this file, so it is checked before any part of the model is loaded.
"""

import importlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from terrarium.models.errors import ModelCodeError

__all__ = ["ALLOW_CODE", "check_loads_data", "code_of"]

ALLOW_CODE = "TERRARIUM_ALLOW_MODEL_CODE"
"""The variable that allows a process to load models that execute code, if it is `true`."""

_PYFUNC = "python_function"
# MLflow's flavors with data formats: JSON, text, and the formats of CatBoost and ONNX.
_DATA_FLAVORS = {
    "mlflow.catboost": "catboost",
    "mlflow.lightgbm": "lightgbm",
    "mlflow.onnx": "onnx",
    "mlflow.sklearn": "sklearn",
    "mlflow.xgboost": "xgboost",
}
_SKOPS = "skops"
# Classes of these packages hold numbers and settings. A class in a user's package is code of the user.
_DATA_PACKAGES = ("lightgbm.", "numpy.dtypes.", "numpy.random.", "scipy.sparse.", "sklearn.", "xgboost.")
_DATA_TYPES = {"collections.OrderedDict", "collections.defaultdict", "numpy.dtype"}


def check_loads_data(model: Path, *, reference: str, allow_code: bool) -> None:
    """Check that loading a model executes no code of the model, unless that is allowed.

    Args:
        model: The folder of the model, with the file MLmodel.
        reference: The reference of the version, for the error.
        allow_code: Whether the caller allows code. The environment variable `ALLOW_CODE` allows it as well.

    Raises:
        ModelCodeError: Loading can execute code of the model, and it is not allowed.
    """
    if allow_code or os.environ.get(ALLOW_CODE, "").lower() == "true":
        return
    if reasons := list(code_of(model)):
        raise ModelCodeError(
            f"loading {reference} can execute code of the model in this process, with your credentials: "
            + "; ".join(reasons),
            remedy=f'if you trust its author: lab.models.load("{reference}", allow_code=True). '
            "Models that load without code: scikit-learn and LightGBM with skops, Booster files of XGBoost and "
            "LightGBM, CatBoost, ONNX",
        )


def code_of(model: Path) -> Iterator[str]:
    """Yield the reasons why loading a model can execute code of the model; none if it contains only data."""
    from mlflow.models import Model

    flavors: Mapping[str, Mapping[str, Any]] = Model.load(os.fspath(model / "MLmodel")).flavors
    pyfunc = flavors.get(_PYFUNC, {})
    loader = str(pyfunc.get("loader_module"))
    flavor = _DATA_FLAVORS.get(loader)
    if flavor is None or flavor not in flavors:
        yield f"it is loaded by {loader}, whose formats contain code"
        return
    settings = flavors[flavor]
    if pyfunc.get("code") or settings.get("code"):
        yield "it contains Python files, which MLflow would add to the search path"
    # The loaders read the format from a file beside the data. Below the root, that is not the checked file.
    paths = (pyfunc.get("data"), settings.get("data"), settings.get("pickled_model"))
    yield from (f"its data is not in its root: {path}" for path in paths if path and Path(path).name != path)
    yield from _code_of_format(flavor, settings)


def _code_of_format(flavor: str, settings: Mapping[str, Any]) -> Iterator[str]:
    kind = str(settings.get("model_class", ""))
    if kind and not kind.startswith(f"{flavor}."):
        yield f"its class is {kind}"
    if flavor == "sklearn" or (flavor == "lightgbm" and kind not in ("", "lightgbm.basic.Booster")):
        written = settings.get("serialization_format", "pickle")
        if written != _SKOPS:
            yield f"its serialization format is {written}"
            return
        others = [name for name in settings.get("skops_trusted_types") or () if not _is_data(str(name))]
        if others:
            yield f"it contains types of other packages, or functions: {', '.join(map(str, others))}"


def _is_data(name: str) -> bool:
    """Return whether a type in a skops file is a class of a known model library."""
    if name in _DATA_TYPES:
        return True
    if not name.startswith(_DATA_PACKAGES):
        return False
    module, _, attribute = name.rpartition(".")
    try:
        return isinstance(getattr(importlib.import_module(module), attribute), type)
    except (ImportError, AttributeError):
        return False
