"""`UseCase`: what has to be settled before experiments start."""

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

from terrarium.record.errors import UseCaseIncompleteError
from terrarium.record.section import Section
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
    """A well-defined use case; an incomplete one is refused, with everything that is missing.

    Attributes:
        name: Of the use case, and of its experiment.
        task: What kind of problem it is, e.g. `binary-classification`.
        business_impact: What a good model is worth, and to whom.
        evaluation_metric: The metric that decides, as runs log it, e.g. `roc_auc`.
        data: The datasets that are relevant, e.g. `telco.customers`.
        training_requirements: E.g. hardware, duration, how often to train anew.
        serving_requirements: E.g. latency, throughput, batch or online, explanations.
        direction: Which way the evaluation metric is better.
        satisfactory: The value of the evaluation metric at which experimenting may end, if there is one.

    Raises:
        UseCaseIncompleteError: Something is missing, empty or not what it should be.
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
                remedy="settle what is missing before you experiment; `help(terrarium.UseCase)` says what each means",
            ) from error

    def tags(self) -> dict[str, str]:
        """Tag of MLflow's experiment -> value, one per field that is set; `data` as a JSON array."""
        fields = self.model_dump(mode="json", exclude_none=True)
        return {
            f"{USE_CASE}.{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
        }

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> Self | None:
        """The use case that an experiment's tags hold; None if they hold none."""
        prefix = f"{USE_CASE}."
        fields: dict[str, object] = {
            tag.removeprefix(prefix): value for tag, value in tags.items() if tag.startswith(prefix)
        }
        if not fields:
            return None
        for name in ("data", "satisfactory"):
            if name in fields:
                # Earlier releases kept NaN as a satisfactory value, which no metric reaches: it is as good as none.
                fields[name] = json.loads(str(fields[name]), parse_constant=lambda _: None)
        return cls.model_validate(fields)
