"""Check that the libraries for datasets, which come with the extra `features`, are installed."""

from importlib.util import find_spec

from terrarium.datasets.errors import FeaturesNotInstalledError
from terrarium.sdk_source import INSTALL_SDK

__all__ = ["require_libraries"]

_LIBRARIES = ("numpy", "polars", "pyarrow", "pyiceberg")


def require_libraries() -> None:
    """Raise an error that names the missing libraries, instead of a failed import.

    Raises:
        FeaturesNotInstalledError: At least one library is missing.
    """
    missing = [library for library in _LIBRARIES if find_spec(library) is None]
    if missing:
        raise FeaturesNotInstalledError(
            f"datasets need {', '.join(missing)}, which is not installed",
            remedy=INSTALL_SDK,
        )
