"""`FeatureView`: columns of one dataset, as features of entities over time."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from terrarium.features.definition.dtype import DType
from terrarium.features.definition.entity import Entity
from terrarium.features.definition.feature import Feature
from terrarium.features.definition.model import Definition, Name
from terrarium.features.definition.on_demand import OnDemandFeature

__all__ = ["FeatureView"]


class FeatureView(Definition):
    """Features of one dataset: each row holds for an entity from its event time on.

    Attributes:
        name: Name of the view, such as `customer_usage`.
        source: The dataset that holds the rows, such as `telco.usage`.
        entities: The entities that the rows describe.
        features: The stored features: columns of the dataset.
        owner: The team or person to ask.
        event_time: The column with the time from which on a row holds.
        created_time: The column with the time at which a row was written. Of two rows with one event time, the one
            created later counts.
        ttl: How long a row holds, to the microsecond. Default: until the next row.
        on_demand: Features that are computed when they are read.
        description: Purpose of the view.
        tags: Key and value pairs to search by.

    Example:
        >>> FeatureView(
        ...     name="customer_usage", source="telco.usage", entities=(customer,), owner="growth",
        ...     features=(Feature(name="minutes", dtype="double"),),
        ... )
    """

    name: Name
    source: str
    entities: tuple[Entity, ...] = Field(min_length=1)
    features: tuple[Feature, ...] = Field(min_length=1)
    owner: str = Field(min_length=1)
    event_time: Name = "event_time"
    created_time: Name | None = None
    ttl: timedelta | None = Field(default=None, gt=timedelta(0))
    on_demand: tuple[OnDemandFeature, ...] = ()
    description: str = ""
    tags: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Columns that identify entities."""
        return tuple(entity.key for entity in self.entities)

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The event time column and, if there is one, the created time column."""
        return (self.event_time, *((self.created_time,) if self.created_time else ()))

    @cached_property
    def dtypes(self) -> dict[str, DType]:
        """Type of every column of the source that the view uses: keys, times, features."""
        return (
            {entity.key: entity.dtype for entity in self.entities}
            | dict.fromkeys(self.times, "timestamptz")
            | {feature.name: feature.dtype for feature in self.features}
        )

    @property
    def columns(self) -> tuple[Feature | OnDemandFeature, ...]:
        """All features that can be requested: stored ones first, then on-demand ones."""
        return (*self.features, *self.on_demand)

    @cached_property
    def feature_dtypes(self) -> dict[str, DType]:
        """Type of every feature that can be requested."""
        return {feature.name: feature.dtype for feature in self.columns}

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        columns = (*self.keys, *self.times, *(feature.name for feature in self.columns))
        doubled = _doubled(columns) or _doubled(entity.name for entity in self.entities)
        if doubled:
            raise ValueError(f"feature view {self.name!r}: {', '.join(doubled)} is used twice")
        return self

    @model_validator(mode="after")
    def _inputs_exist(self) -> Self:
        stored = {feature.name for feature in self.features}
        for feature in self.on_demand:
            unknown = set(feature.inputs) - stored - feature.request.keys()
            if unknown:
                raise ValueError(
                    f"on-demand feature {feature.name!r} takes {', '.join(sorted(unknown))}, which is neither a "
                    f"feature of view {self.name!r} nor in its `request`"
                )
            clashing = (self.dtypes | self.feature_dtypes).keys() & feature.request.keys()
            if clashing:
                raise ValueError(
                    f"on-demand feature {feature.name!r}: {', '.join(sorted(clashing))} in its `request` is "
                    f"already a column of view {self.name!r}"
                )
        return self


def _doubled(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)
