"""The category of all warnings of this package."""

__all__ = ["LeanWarning"]


class LeanWarning(UserWarning):
    """Some bindings load the stock way, because the lean way failed. The result is the same, only slower."""
