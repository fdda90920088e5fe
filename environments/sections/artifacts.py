"""The section `artifacts`."""

from typing import Annotated

from pydantic import Field

from environments.change import IN_PLACE
from environments.sections.access import Principal
from environments.sections.section import Section

__all__ = ["Artifacts"]


class Artifacts(Section):
    """The bucket of artifacts."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the bucket; if not, destroying it deletes its objects. Defaults to the
    tier's value."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650), IN_PLACE]
    """Days that overwritten and deleted versions are kept. Defaults to the tier's value."""

    publishers: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may publish pipelines' code and the SDK, besides the role `ci-deploy`: ARNs, or patterns as
    in `access.scientists`. All other principals are denied then, administrators included. Defaults to none: `ci-deploy`
    may publish, and so may principals that are not roles of the platform and whose policies allow it, such as
    administrators."""
