"""Which views somebody is looking for."""

from collections.abc import Mapping

from terrarium.features.definition.feature_view import FeatureView

__all__ = ["matches"]


def matches(
    view: FeatureView, text: str, *, entity: str | None, owner: str | None, tags: Mapping[str, str]
) -> bool:
    """Whether a view meets all conditions; those that are None or empty are met by all."""
    described = [f"{one.name} {one.description}".lower() for one in (view, *view.columns)]
    return (
        any(text.lower() in one for one in described)
        and (entity is None or entity in {one.name for one in view.entities})
        and owner in (None, view.owner)
        and tags.items() <= view.tags.items()
    )
