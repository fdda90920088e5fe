"""`FeatureView`: features of one source, observed at times."""

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
    """Features of one dataset: values that hold for an entity from a time on.

    Attributes:
        name: E.g. `customer_usage`.
        source: The dataset that holds them, e.g. `telco.usage`.
        entities: What they are about.
        features: Its columns.
        owner: Whom to ask: a team, or a person.
        event_time: The column that says from when on a row holds.
        created_time: The column that says when a row was written; of two rows with one event time, the later
            one counts.
        ttl: How long a row holds, to the microsecond; omitted, until the next.
        on_demand: What is computed when it is asked for.
        description: What the view is for.
        tags: To be found by.
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
        """The columns that tell entities apart."""
        return tuple(entity.key for entity in self.entities)

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The event time's column and, if there is one, the created time's."""
        return (self.event_time, *((self.created_time,) if self.created_time else ()))

    @cached_property
    def dtypes(self) -> dict[str, DType]:
        """Of every column of the source that the view knows: keys, times, features."""
        return (
            {entity.key: entity.dtype for entity in self.entities}
            | dict.fromkeys(self.times, "timestamptz")
            | {feature.name: feature.dtype for feature in self.features}
        )

    @property
    def columns(self) -> tuple[Feature | OnDemandFeature, ...]:
        """Everything that can be asked for: stored features, then on-demand ones."""
        return (*self.features, *self.on_demand)

    @cached_property
    def feature_dtypes(self) -> dict[str, DType]:
        """Of everything that can be asked for."""
        return {feature.name: feature.dtype for feature in self.columns}

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        columns = (*self.keys, *self.times, *(feature.name for feature in self.columns))
        doubled = _doubled(columns) or _doubled(entity.name for entity in self.entities)
        if doubled:
            raise ValueError(f"feature view {self.name!r}: {', '.join(doubled)} stands for two things")
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
