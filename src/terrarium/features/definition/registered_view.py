"""A feature view as the registry keeps it."""

import re
from datetime import datetime

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.model import Definition
from terrarium.features.errors import FeatureNotFoundError

__all__ = ["RegisteredView", "parse_view_name"]

_VIEW = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(@(?P<version>[0-9]{1,9}))?")


class RegisteredView(Definition):
    """A view with its place in history.

    Attributes:
        view: The definition.
        version: Counts changes that those who use the view would notice.
        revision: Counts the others, within a version.
        applied_at: When it was registered.
    """

    view: FeatureView
    version: int
    revision: int
    applied_at: datetime

    @property
    def name(self) -> str:
        """Of the view and its version, e.g. `customer_usage@2`; online items are kept under it."""
        return f"{self.view.name}@{self.version}"


def parse_view_name(text: str) -> tuple[str, int | None]:
    """Return the name and the version that `view` or `view@version` names; None for the latest version.

    Raises:
        FeatureNotFoundError: No view can be called so.
    """
    match = _VIEW.fullmatch(text)
    if match is None:
        raise FeatureNotFoundError(
            f"{text!r} names no feature view",
            remedy="write view, or view@version with the number of a version, such as customer_usage@2; "
            "`terrarium features list` shows both",
        )
    version = match["version"]
    return match["name"], None if version is None else int(version)
