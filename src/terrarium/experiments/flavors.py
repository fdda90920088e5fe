"""Choice of MLflow's flavor for a model."""

import importlib
from types import ModuleType

from terrarium.experiments.errors import ModelFlavorError
from terrarium.sdk_source import INSTALL_SDK

__all__ = ["flavor_of"]

# The package a model's class, or a class it is derived from, comes from -> MLflow's module for it. Wrappers first:
# XGBoost's scikit-learn classes are derived from both.
_FLAVORS = {
    "xgboost": "mlflow.xgboost",
    "lightgbm": "mlflow.lightgbm",
    "catboost": "mlflow.catboost",
    "sklearn": "mlflow.sklearn",
    "torch": "mlflow.pytorch",
    "keras": "mlflow.tensorflow",
    "statsmodels": "mlflow.statsmodels",
}


def flavor_of(model: object) -> ModuleType:
    """MLflow's module for models of this kind.

    Raises:
        ModelFlavorError: There is none that Terrarium knows of.
    """
    packages = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    for package, flavor in _FLAVORS.items():
        if package in packages:
            return _load(flavor)
    raise ModelFlavorError(
        f"no flavor of MLflow's is known for a {type(model).__module__}.{type(model).__qualname__}",
        remedy="within the run, log it by MLflow itself (mlflow.pyfunc.log_model), "
        "or as a file by run.log_artifact; known: " + ", ".join(_FLAVORS),
    )


def _load(flavor: str) -> ModuleType:
    try:
        return importlib.import_module(flavor)
    except ModuleNotFoundError as error:
        raise ModelFlavorError(
            f"{flavor} needs {error.name}, which is not installed",
            remedy=INSTALL_SDK,
        ) from error
