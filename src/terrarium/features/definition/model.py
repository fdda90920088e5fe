"""Base class of all definitions."""

from typing import Annotated, ClassVar

from pydantic import Field

from terrarium.errors import Error
from terrarium.features.errors import FeatureDefinitionError
from terrarium.public_model import PublicModel

__all__ = ["Definition", "Name"]

# Valid in Glue, SQL and Python. Two underscores separate a view's name from a feature's.
Name = Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=120)]


class Definition(PublicModel):
    """A frozen definition that refuses unknown fields.

    Raises:
        FeatureDefinitionError: A field is missing, unknown, or not allowed.
    """

    refused_as: ClassVar[type[Error]] = FeatureDefinitionError
