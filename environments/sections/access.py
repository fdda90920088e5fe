"""The section `access`."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from environments.sections.section import Section

__all__ = ["Access", "Principal"]

# A pattern must name more than the kind of principal: `role/*` would admit everybody in the account.
Principal = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:iam::\d{12}:(role|user)/[^*?].*$")]


def _github_repository(repository: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise ValueError("must be a GitHub repository, such as acme/ml-platform")
    return repository


class Access(Section):
    """Who may assume the environment's roles."""

    scientists: tuple[Principal, ...] = ()
    """IAM principals that may assume the scientist role: ARNs, or patterns of them, as for a permission set of IAM
    Identity Center: `arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Scientist_*`.
    Omitted: whomever the account's own IAM allows to."""

    releasers: tuple[Principal, ...] = ()
    """IAM principals that may assume the release role, which starts promotions to this environment: ARNs or patterns,
    as `scientists`. The role exists where `registry.promotes_from` is set. Omitted: whomever the account's own IAM
    allows to."""

    approvers: tuple[Principal, ...] = ()
    """IAM principals that may assume the approver role, the only one that may approve models: ARNs or patterns, as
    `scientists`. The role exists where `registry.approval` is set, here or in an environment that takes models from
    this one. Omitted: whomever the account's own IAM allows to."""

    scientists_write: bool
    """Whether scientists record and submit; else they look, and jobs and releases write. Omitted: by tier."""

    github_repository: Annotated[str, AfterValidator(_github_repository)] | None = None
    """The repository whose workflows may assume the CI roles, as `owner/name`. Omitted: no workflow may."""

    github_oidc_provider: Literal["create", "existing"] = "create"
    """Whether the stack creates GitHub's OIDC provider in the account, or uses the one that exists: an account has at
    most one, which all its environments share. `existing` is neither changed nor destroyed. Omitted: `create`."""

    ci_principals: tuple[Principal, ...] = ()
    """IAM principals that may assume the CI roles, for CI systems other than GitHub: ARNs, or patterns as in
    `scientists`. Omitted: only the workflows of `github_repository` may."""
