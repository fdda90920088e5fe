"""What all definitions have in common."""

from typing import Annotated, ClassVar

from pydantic import Field

from terrarium.errors import Error
from terrarium.features.errors import FeatureDefinitionError
from terrarium.public_model import PublicModel

__all__ = ["Definition", "Name"]

# As Glue, SQL and Python all take it; two underscores join a view's name and a feature's.
Name = Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=120)]


class Definition(PublicModel):
    """A frozen definition that refuses fields that it does not know.

    Raises:
        FeatureDefinitionError: A field is missing, unknown, or not allowed.
    """

    refused_as: ClassVar[type[Error]] = FeatureDefinitionError
