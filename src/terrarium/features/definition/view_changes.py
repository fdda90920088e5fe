"""Comparison of two definitions of a view: the changes that its users would notice, and the others."""

from collections.abc import Iterator

from terrarium.features.definition.feature_view import FeatureView

__all__ = ["compatible_changes", "incompatible_changes"]

# Fields that decide which row is found, and what it means.
_MEANING = ("source", "event_time", "created_time", "ttl")
_DESCRIBING = ("description", "owner", "tags")


def incompatible_changes(old: FeatureView, new: FeatureView) -> list[str]:
    """Return the changes after which users of `old` would get other values, or none; empty if there are none."""
    return [*_meaning(old, new), *_entities(old, new), *_features(old, new), *_on_demand(old, new)]


def compatible_changes(old: FeatureView, new: FeatureView) -> list[str]:
    """Return the changes that users of `old` do not notice."""
    changes = [f"{name} changed" for name in _DESCRIBING if getattr(old, name) != getattr(new, name)]
    changes += [f"feature {name} added" for name in new.feature_dtypes if name not in old.feature_dtypes]
    before = {feature.name: feature for feature in old.columns}
    changes += [
        f"the description or constraints of {feature.name} changed"
        for feature in new.columns
        # Comparing on-demand features for equality would also compare whether both are imported.
        if feature.name in before and feature.model_dump() != before[feature.name].model_dump()
    ]
    if old.entities != new.entities:
        changes.append("the descriptions of entities changed")
    return changes


def _meaning(old: FeatureView, new: FeatureView) -> Iterator[str]:
    for name in _MEANING:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name} was {before}, is {after}"


def _entities(old: FeatureView, new: FeatureView) -> Iterator[str]:
    before, after = (
        {entity.name: f"{entity.key} ({entity.dtype})" for entity in view.entities} for view in (old, new)
    )
    if before != after:
        yield f"entities were {_listed(before)}, are {_listed(after)}"


def _features(old: FeatureView, new: FeatureView) -> Iterator[str]:
    after = {feature.name: feature for feature in new.features}
    for feature in old.features:
        if feature.name not in after:
            yield f"feature {feature.name} is gone"
        elif after[feature.name].dtype != feature.dtype:
            yield f"feature {feature.name} was {feature.dtype}, is {after[feature.name].dtype}"
    # Values are stored online by position, and ties are decided in this order.
    kept = [feature.name for feature in old.features if feature.name in after]
    if [feature.name for feature in new.features][: len(kept)] != kept:
        yield "the order of features changed (add new ones at the end)"


def _on_demand(old: FeatureView, new: FeatureView) -> Iterator[str]:
    after = {feature.name: feature for feature in new.on_demand}
    for feature in old.on_demand:
        other = after.get(feature.name)
        if other is None:
            yield f"on-demand feature {feature.name} is gone"
        elif (other.digest, other.dtype, other.request) != (feature.digest, feature.dtype, feature.request):
            yield f"the computation of on-demand feature {feature.name} changed"


def _listed(entities: dict[str, str]) -> str:
    return ", ".join(f"{name} by {key}" for name, key in entities.items())
