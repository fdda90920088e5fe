"""Serialization of models of scikit-learn's kind, so that every model of this process can be logged and loaded.

skops refuses to read types that it does not know (NumPy's dtypes, the nodes of trees, users' own classes), unless the
model states them. The object at hand was made by this very process, so its types are stated from the object. What skops
cannot write (functions, classes of a script or a notebook) is written by cloudpickle, as MLflow's autologging does.
"""

import importlib.metadata
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

__all__ = ["serialization_options"]

_SKOPS, _CLOUDPICKLE = "skops", "cloudpickle"
_BY_SKOPS = ("mlflow.sklearn", "mlflow.lightgbm")  # the flavors that write by skops unless told otherwise
_REQUIREMENTS = ("pip_requirements", "extra_pip_requirements", "conda_env")


class _Serialized(NamedTuple):
    format: str
    types: tuple[str, ...] = ()


def serialization_options(flavor: ModuleType, model: object, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a flavor's `log_model` for a model of this process.

    Args:
        flavor: MLflow's module.
        model: The model.
        given: The options that the caller stated, which count.
    """
    options = dict(given)
    if flavor.__name__ not in _BY_SKOPS or not hasattr(
        model, "get_params"
    ):  # LightGBM writes a Booster by itself
        return _with_requirements(options, flavor)
    written = _Serialized(str(given.get("serialization_format") or _SKOPS))
    if written.format == _SKOPS and "skops_trusted_types" not in given:
        # A format that the caller asked for stays, and MLflow's error says why it does not work.
        written = _serialize(model) or written
    options["serialization_format"] = written.format
    if written.types:
        options["skops_trusted_types"] = list(written.types)
    if written.format == _CLOUDPICKLE and not given.keys() & set(_REQUIREMENTS):
        return options  # anything may be in a pickle: MLflow finds out what it needs by loading it in another process
    return _with_requirements(
        options, flavor, _packages_of(written.types), **{f"include_{written.format}": True}
    )


def _serialize(model: object) -> _Serialized | None:
    import skops.io

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.skops"
        try:
            skops.io.dump(model, path)
            types = tuple(skops.io.get_untrusted_types(file=path))
        except Exception:  # noqa: BLE001 - whatever stands in skops' way, cloudpickle is tried
            return _Serialized(_CLOUDPICKLE)
        if any(name.startswith("__main__.") for name in types):
            return _Serialized(_CLOUDPICKLE)  # another process has another __main__
        try:
            skops.io.load(path, trusted=list(types))
        except Exception:  # noqa: BLE001 - as above
            return _Serialized(_CLOUDPICKLE)
    return _Serialized(_SKOPS, types)


def _with_requirements(
    options: dict[str, Any], flavor: ModuleType, more: Iterable[str] = (), **included: bool
) -> dict[str, Any]:
    """Add the flavor's own requirements, instead of having MLflow load the model in another process, for seconds."""
    if options.keys() & set(_REQUIREMENTS):
        return options
    try:
        requirements = flavor.get_default_pip_requirements(**included)
    except TypeError:  # of a format that the flavor has no package for, e.g. pickle
        requirements = flavor.get_default_pip_requirements()
    return {**options, "pip_requirements": list(dict.fromkeys([*requirements, *more]))}


def _packages_of(types: Iterable[str]) -> list[str]:
    """Return the exact versions of the distributions that types come from."""
    distributions = importlib.metadata.packages_distributions()
    names = {name for each in types for name in distributions.get(each.partition(".")[0], ())}
    return [f"{name}=={importlib.metadata.version(name)}" for name in sorted(names)]
