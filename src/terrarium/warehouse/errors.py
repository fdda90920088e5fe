"""What can go wrong between code and the warehouse."""

from terrarium.errors import Error

__all__ = ["DatasetNameError", "EngineNotInstalledError"]


class DatasetNameError(Error):
    """A name that no dataset can have, or a table's that no dataset has."""


class EngineNotInstalledError(Error):
    """What reads and writes tables is not installed here."""
