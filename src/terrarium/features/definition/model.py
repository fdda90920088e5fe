"""What all definitions have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from terrarium.features.errors import FeatureDefinitionError
from terrarium.validation_problems import problems_of

__all__ = ["Definition", "Name"]

# As Glue, SQL and Python all take it; two underscores join a view's name and a feature's.
Name = Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=120)]


class Definition(BaseModel):
    """Frozen; what it does not know it refuses.

    Raises:
        FeatureDefinitionError: A field is missing, unknown, or not allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            named = f" {data['name']!r}" if "name" in data else ""
            raise FeatureDefinitionError(
                f"{type(self).__name__}{named} is not well defined: {problems_of(error)}",
                remedy=f"help(terrarium.features.{type(self).__name__}) lists the fields",
            ) from error

    # Validation of what is nested or stored keeps pydantic's own way, and its error.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined] # as pydantic marks its own
