"""The section `access`."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from environments.sections.section import Section

__all__ = ["Access"]


def _github_repository(repository: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise ValueError("must be a GitHub repository, such as acme/ml-platform")
    return repository


class Access(Section):
    """Who may assume the environment's roles."""

    scientists: tuple[
        Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:iam::\d{12}:(role|user)/[^*?].*$")], ...
    ] = ()
    """IAM principals that may assume the scientist role: ARNs, or patterns of them, as for a permission set of IAM
    Identity Center: `arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Scientist_*`.
    Omitted: whomever the account's own IAM allows to."""

    scientists_write: bool
    """Whether scientists record and submit; else they look, and jobs and releases write. Omitted: by tier."""

    github_repository: Annotated[str, AfterValidator(_github_repository)] | None = None
    """The repository whose workflows may assume the CI roles, as `owner/name`. Omitted: no workflow may."""
