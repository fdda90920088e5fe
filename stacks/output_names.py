"""Names of outputs that other parts of the kit read. They import no bindings of the provider."""

from typing import Final

__all__ = ["CONFIGURATION"]

CONFIGURATION: Final = "configuration"
"""The output with the environment's configuration as deployed."""
