"""The section `artifacts`."""

from typing import Annotated

from pydantic import Field

from environments.sections.access import Principal
from environments.sections.section import Section

__all__ = ["Artifacts"]


class Artifacts(Section):
    """The bucket of artifacts."""

    protected: bool
    """Whether Terraform refuses to destroy the bucket; if not, destroying it deletes its objects. Omitted: by tier."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that overwritten and deleted versions are kept. Omitted: by tier."""

    publishers: tuple[Principal, ...] = ()
    """IAM principals that may publish pipelines' code and the SDK, besides the role `ci-deploy`: ARNs, or patterns as
    in `access.scientists`. Nobody else may then, administrators included. Omitted: `ci-deploy`, and principals that are
    no roles of the platform and have the permission by their own policies, such as administrators."""
