"""`Lookup`: the columns that a training set reads from the source of one view."""

from dataclasses import dataclass

from terrarium.features.offline.view_source import ViewSource

__all__ = ["Lookup"]


@dataclass(frozen=True)
class Lookup:
    """A request for columns of one source.

    Args:
        source: The source of the view, at one snapshot.
        columns: Names of the stored features to return.
    """

    source: ViewSource
    columns: tuple[str, ...]
