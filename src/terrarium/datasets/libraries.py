"""The libraries behind datasets, which only the extra `features` brings."""

from importlib.util import find_spec

from terrarium.datasets.errors import FeaturesNotInstalledError
from terrarium.sdk_source import INSTALL_SDK

__all__ = ["require_libraries"]

_LIBRARIES = ("numpy", "polars", "pyarrow", "pyiceberg")


def require_libraries() -> None:
    """Say what is missing before the first import fails.

    Raises:
        FeaturesNotInstalledError: At least one is.
    """
    missing = [library for library in _LIBRARIES if find_spec(library) is None]
    if missing:
        raise FeaturesNotInstalledError(
            f"datasets need {', '.join(missing)}, which is not installed",
            remedy=INSTALL_SDK,
        )
