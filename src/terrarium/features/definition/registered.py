"""A feature view as the registry keeps it."""

from datetime import datetime

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.model import Definition

__all__ = ["RegisteredView"]


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
