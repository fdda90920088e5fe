"""Version of the installed SDK; its one source is `version` in pyproject.toml."""

from importlib.metadata import version
from typing import Final

__all__ = ["__version__"]

__version__: Final = version("terrarium-ml")
"""For example `0.1.0`, or `0.1.0+r5d0afde040566e68` where an environment's bucket serves that release."""
