"""A feature view with its version, as the registry stores it."""

import re
from datetime import datetime

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.model import Definition
from terrarium.features.errors import FeatureNotFoundError

__all__ = ["RegisteredView", "parse_view_name"]

_VIEW = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(@(?P<version>[0-9]{1,9}))?")


class RegisteredView(Definition):
    """A feature view with its version and revision.

    Attributes:
        view: The definition.
        version: Counts the changes that users of the view notice.
        revision: Counts the other changes within a version.
        applied_at: Time of registration.
    """

    view: FeatureView
    version: int
    revision: int
    applied_at: datetime

    @property
    def name(self) -> str:
        """Name of the view with its version, such as `customer_usage@2`; online items are stored under it."""
        return f"{self.view.name}@{self.version}"


def parse_view_name(text: str) -> tuple[str, int | None]:
    """Return the name and version of `view` or `view@version`; the version is None for the latest.

    Raises:
        FeatureNotFoundError: The text is not the name of a view.
    """
    match = _VIEW.fullmatch(text)
    if match is None:
        raise FeatureNotFoundError(
            f"{text!r} is not the name of a feature view",
            remedy="write view, or view@version with the number of a version, such as customer_usage@2; "
            "`terrarium features list` shows both",
        )
    version = match["version"]
    return match["name"], None if version is None else int(version)
