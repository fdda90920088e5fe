"""Interpreter with full MLflow: this one, or that of a virtual environment for the UI."""

import importlib.util
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from terrarium.directories import cache_directory
from terrarium.venvs import Packages, VirtualEnvironment, own_package

__all__ = ["ui_interpreter"]


def ui_interpreter(*, say: Callable[[str], None]) -> Path:
    """Return an interpreter that can serve the UI.

    mlflow-skinny, which Terrarium needs, has no UI. Full MLflow takes 650 MB more and needs an older pyarrow. If it is
    not installed, it is installed into a virtual environment in the cache, in the version of mlflow-skinny here.

    Raises:
        EnvironmentNotMadeError: It cannot be installed.
    """
    if _has_ui():
        return Path(sys.executable)
    mlflow, own = version("mlflow-skinny"), own_package()
    environment = VirtualEnvironment(cache_directory() / "ui" / f"mlflow-{mlflow}")
    if not environment.python.exists():
        say(f"the first time: installing mlflow {mlflow} into {environment.folder}")
    environment.make(
        Packages((f"mlflow=={mlflow}", *own.pinned), own.folders),
        python=platform.python_version(),
        dependencies=True,
    )
    return environment.python


def _has_ui() -> bool:
    found = importlib.util.find_spec("mlflow")
    return found is not None and (Path(str(found.origin)).parent / "server" / "js" / "build").is_dir()
