"""`UseCase`: the definition of a problem, required before experiments start."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)

from terrarium.record._section import Section
from terrarium.record.errors import UseCaseIncompleteError
from terrarium.record.tags import USE_CASE
from terrarium.validation_problems import problems_of

__all__ = ["UseCase"]


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("PostgreSQL cannot hold the character NUL")
    return text


# Each field becomes a tag of MLflow's experiment, which holds 5,000 characters.
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(_without_nul),
]


class UseCase(Section):
    """A well-defined use case.

    Attributes:
        name: The name of the use case and of its experiment.
        task: The kind of problem, e.g. `binary-classification`.
        business_impact: The value of a good model, and who benefits.
        evaluation_metric: The metric that decides, under the name that runs log, e.g. `roc_auc`.
        data: The relevant datasets, e.g. `telco.customers`.
        training_requirements: E.g. hardware, duration, frequency of retraining.
        serving_requirements: E.g. latency, throughput, batch or online, explanations.
        direction: The direction in which the evaluation metric improves.
        satisfactory: The value of the evaluation metric at which experiments can end, if there is one.

    Raises:
        UseCaseIncompleteError: A field is missing, empty or invalid. The error lists all of them.

    Example:
        >>> churn = terrarium.UseCase(
        ...     name="churn",
        ...     task="binary-classification",
        ...     business_impact="retention offers for the right customers",
        ...     evaluation_metric="roc_auc",
        ...     data=["telco.customers"],
        ...     training_requirements="one CPU job, weekly",
        ...     serving_requirements="batch, daily",
        ... )
        >>> experiment = lab.experiment(churn)
    """

    name: Text
    task: Text
    business_impact: Text
    evaluation_metric: Text
    data: Annotated[tuple[Text, ...], Field(min_length=1)]
    training_requirements: Text
    serving_requirements: Text
    direction: Literal["maximize", "minimize"] = "maximize"
    satisfactory: Annotated[float, Field(allow_inf_nan=False)] | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _refuse_incomplete(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            name = value.get("name") if isinstance(value, Mapping) else None
            named = name if isinstance(name, str) and name else "(without a name)"
            raise UseCaseIncompleteError(
                f"use case {named!r} is not well defined: {problems_of(error)}",
                remedy="complete the use case before you start experiments; see `help(terrarium.UseCase)`",
            ) from error

    def tags(self) -> dict[str, str]:
        """Return the tags of MLflow's experiment: one per field that is set, with `data` as a JSON array."""
        fields = self.model_dump(mode="json", exclude_none=True)
        return {
            f"{USE_CASE}.{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
        }

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> Self | None:
        """Return the use case in the tags of an experiment, or None if there is none."""
        prefix = f"{USE_CASE}."
        fields: dict[str, object] = {
            tag.removeprefix(prefix): value for tag, value in tags.items() if tag.startswith(prefix)
        }
        if not fields:
            return None
        for name in ("data", "satisfactory"):
            if name in fields:
                # Earlier releases stored NaN as a satisfactory value. No metric reaches it, so it is read as None.
                fields[name] = json.loads(str(fields[name]), parse_constant=lambda _: None)
        return cls.model_validate(fields)
