"""The section `registry`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Name, Section
from terrarium.manifest import ModelGates

__all__ = ["Registry"]


class Registry(Section):
    """The model registry: what was submitted, and where it may be promoted from."""

    protected: bool
    """Whether Terraform refuses to destroy the bucket of models. Omitted: by tier."""

    locked_days: Annotated[int, Field(ge=0, le=3650)]
    """Days in which nobody can change or delete a submitted model (S3 object lock); 0 for none. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that replaced models are kept. Omitted: by tier."""

    promotes_from: Name | None = None
    """The environment whose models may be promoted to this one; never the other way. Omitted: none."""

    approval: bool
    """Whether somebody must approve a version before it is promoted here, or becomes champion. Omitted: by tier."""

    gates: ModelGates = ModelGates()
    """What a model must pass to enter the registry. Omitted: that its run's record is complete."""
