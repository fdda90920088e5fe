"""The section `artifacts`."""

from typing import Annotated

from pydantic import Field

from environments.sections.section import Section

__all__ = ["Artifacts"]


class Artifacts(Section):
    """The bucket of artifacts."""

    protected: bool
    """Whether Terraform refuses to destroy the bucket; if not, destroying it deletes its objects. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that overwritten and deleted versions are kept. Omitted: by tier."""
