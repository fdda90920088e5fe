"""Requests for features: `view:feature` or `view@version:feature`, in training sets and online reads."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terrarium.features.definition.on_demand import OnDemandFeature
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.errors import FeatureDefinitionError, FeatureNotFoundError

__all__ = ["FeatureRequest", "ViewRequest", "parse_request"]

_REFERENCE = re.compile(
    r"(?P<view>[a-z][a-z0-9_]*)(@(?P<version>[0-9]{1,9}))?:(?P<feature>[a-z][a-z0-9_]*|\*)"
)


@dataclass(frozen=True)
class ViewRequest:
    """The requested features of one view.

    Args:
        registered: The view.
        features: The requested features, stored and on-demand.
    """

    registered: RegisteredView
    features: tuple[str, ...]

    @property
    def on_demand(self) -> tuple[OnDemandFeature, ...]:
        """Requested features that have to be computed."""
        return tuple(feature for feature in self.registered.view.on_demand if feature.name in self.features)

    @property
    def stored(self) -> tuple[str, ...]:
        """Stored features to look up: the requested ones, and the inputs of on-demand features."""
        view = self.registered.view
        needed = {*self.features, *(name for feature in self.on_demand for name in feature.inputs)}
        return tuple(feature.name for feature in view.features if feature.name in needed)


@dataclass(frozen=True)
class FeatureRequest:
    """All requested features.

    Args:
        views: The views, in order of first mention.
        columns: View with version, feature, and name of the resulting column, in the order given.
    """

    views: tuple[ViewRequest, ...]
    columns: tuple[tuple[str, str, str], ...]

    @property
    def request_fields(self) -> dict[str, str]:
        """Fields that the caller has to pass for on-demand features: column -> type."""
        return {
            name: dtype
            for view_request in self.views
            for feature in view_request.on_demand
            for name, dtype in feature.request.items()
        }


def parse_request(
    references: Sequence[str], find: Callable[[str, int | None], RegisteredView], *, full_names: bool = False
) -> FeatureRequest:
    """Return the request that a list of references stands for.

    Args:
        references: `view:feature` or `view@version:feature`. The feature `*` stands for all features of the view.
        find: Returns the view of a name and version; None for the latest version.
        full_names: Whether columns are named `view__feature` instead of `feature`.

    Raises:
        FeatureNotFoundError: A view, version or feature does not exist, or a reference has another form.
        FeatureDefinitionError: Two features would get the same column name.
    """
    if isinstance(references, str) or not references:
        raise FeatureNotFoundError(
            f"features must be a list of references, not {references!r}",
            remedy='pass features=["view:feature", ...]',
        )
    found: dict[str, RegisteredView] = {}
    columns: list[tuple[str, str, str]] = []
    for reference in references:
        registered, names = _find(reference, find)
        found.setdefault(registered.name, registered)
        for name in names:
            column = f"{registered.view.name}__{name}" if full_names else name
            columns.append((registered.name, name, column))
    _refuse_clashes(columns)
    views = tuple(
        ViewRequest(registered, tuple(feature for view, feature, _ in columns if view == name))
        for name, registered in found.items()
    )
    return FeatureRequest(views, tuple(columns))


def _find(
    reference: str, find: Callable[[str, int | None], RegisteredView]
) -> tuple[RegisteredView, tuple[str, ...]]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise FeatureNotFoundError(
            f"{reference!r} is not a reference to a feature",
            remedy="write view:feature, view@version:feature, or view:* for all features of a view",
        )
    registered = find(match["view"], int(match["version"]) if match["version"] else None)
    dtypes = registered.view.feature_dtypes
    if match["feature"] == "*":
        return registered, tuple(dtypes)
    if match["feature"] not in dtypes:
        raise FeatureNotFoundError(
            f"feature view {registered.name!r} has no feature {match['feature']!r}",
            remedy=f"its features: {', '.join(dtypes)}",
        )
    return registered, (match["feature"],)


def _refuse_clashes(columns: Sequence[tuple[str, str, str]]) -> None:
    seen: dict[str, str] = {}
    for view, feature, column in columns:
        if column in seen:
            raise FeatureDefinitionError(
                f"{seen[column]} and {view}:{feature} would both become column {column!r}",
                remedy="request each feature once; pass full_names=True if views share names",
            )
        seen[column] = f"{view}:{feature}"
