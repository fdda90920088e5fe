"""Whether loading a model executes code that comes with the model.

MLflow's MLmodel file names the module that loads the model, and, for skops, the types that may be loaded: the
author of the file decided. So the file is judged before anything of the model is loaded.
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
# MLflow's flavors that read formats of data: JSON, text, CatBoost's and ONNX' own.
_DATA_FLAVORS = {
    "mlflow.catboost": "catboost",
    "mlflow.lightgbm": "lightgbm",
    "mlflow.onnx": "onnx",
    "mlflow.sklearn": "sklearn",
    "mlflow.xgboost": "xgboost",
}
_SKOPS = "skops"
# Classes of these packages hold numbers and settings. A class that a package of the user defines is code of the user.
_DATA_PACKAGES = ("lightgbm.", "numpy.dtypes.", "numpy.random.", "scipy.sparse.", "sklearn.", "xgboost.")
_DATA_TYPES = {"collections.OrderedDict", "collections.defaultdict", "numpy.dtype"}


def check_loads_data(model: Path, *, reference: str, allow_code: bool) -> None:
    """Refuse a model of which loading executes code, unless that is allowed.

    Args:
        model: The folder of the model, with the file MLmodel.
        reference: The version, for the error.
        allow_code: Whether the caller allows it; the variable `ALLOW_CODE` does, too.

    Raises:
        ModelCodeError: It would, and nobody allowed it.
    """
    if allow_code or os.environ.get(ALLOW_CODE, "").lower() == "true":
        return
    if reasons := list(code_of(model)):
        raise ModelCodeError(
            f"loading {reference} can execute code of the model in this process, with your credentials: "
            + "; ".join(reasons),
            remedy=f'if you trust who made it: lab.models.load("{reference}", allow_code=True). '
            "Models that load as data: scikit-learn and LightGBM by skops, Booster files of XGBoost and LightGBM, "
            "CatBoost, ONNX",
        )


def code_of(model: Path) -> Iterator[str]:
    """Return the reasons for which loading a model can execute code of the model; none for data alone."""
    from mlflow.models import Model

    flavors: Mapping[str, Mapping[str, Any]] = Model.load(os.fspath(model / "MLmodel")).flavors
    pyfunc = flavors.get(_PYFUNC, {})
    loader = str(pyfunc.get("loader_module"))
    flavor = _DATA_FLAVORS.get(loader)
    if flavor is None or flavor not in flavors:
        yield f"it is loaded by {loader}, whose formats hold code"
        return
    settings = flavors[flavor]
    if pyfunc.get("code") or settings.get("code"):
        yield "it comes with Python files, which the search path would get"
    # The loaders look beside the data for the file that states the format: below the root, that is another file.
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
            yield f"it was written by {written}"
            return
        others = [name for name in settings.get("skops_trusted_types") or () if not _is_data(str(name))]
        if others:
            yield f"it holds types of other packages, or functions: {', '.join(map(str, others))}"


def _is_data(name: str) -> bool:
    """Return whether a type that a skops file holds is a class of a library of models."""
    if name in _DATA_TYPES:
        return True
    if not name.startswith(_DATA_PACKAGES):
        return False
    module, _, attribute = name.rpartition(".")
    try:
        return isinstance(getattr(importlib.import_module(module), attribute), type)
    except (ImportError, AttributeError):
        return False
