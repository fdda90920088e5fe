"""The one category of what this package warns about."""

__all__ = ["LeanWarning"]


class LeanWarning(UserWarning):
    """Bindings could not be loaded the lean way: they are loaded the stock way, and the result is the same."""
