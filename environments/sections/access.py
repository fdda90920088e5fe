"""The section `access`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from environments.change import IN_PLACE, Change
from environments.sections.section import Section

__all__ = ["Access", "Principal"]

# A pattern must contain a part of the name: `role/*` would match every role of the account.
Principal = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:iam::\d{12}:(role|user)/[^*?].*$")]


def _github_repository(repository: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise ValueError("must be a GitHub repository, such as acme/ml-platform")
    return repository


class Access(Section):
    """Principals that may assume the environment's roles."""

    scientists: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may assume the scientist role: ARNs, or patterns of them, as for a permission set of IAM
    Identity Center: `arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Scientist_*`.
    Defaults to every principal of the account that IAM policies allow to assume the role."""

    releasers: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may assume the release role, which starts promotions to this environment: ARNs or patterns,
    as `scientists`. The role exists if `registry.promotes_from` is set. Same default as `scientists`."""

    approvers: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may assume the approver role, the only one that may approve models: ARNs or patterns, as
    `scientists`. The role exists if `registry.approval` is set, here or in an environment that takes models from this
    one. Same default as `scientists`."""

    scientists_write: Annotated[bool, IN_PLACE]
    """Whether scientists can record runs and submit models; if not, they only read, and jobs and releases write.
    Defaults to the tier's value."""

    github_repository: Annotated[
        Annotated[str, AfterValidator(_github_repository)] | None,
        Change(
            effect="deleted",
            how="GitHub's OIDC provider is deleted if this environment created it: other environments of the account "
            'that use it cannot be deployed by workflows then. Deploy with github_oidc_provider = "existing" first.',
            case="removed",
        ),
        IN_PLACE,
    ] = None
    """The GitHub repository whose workflows may assume the CI roles, as `owner/name`. Defaults to none."""

    github_oidc_provider: Annotated[
        Literal["create", "existing"],
        Change(
            effect="in place",
            how="A provider that this environment created stays in the account. From existing to create, import it "
            "first: AWS refuses a second one.",
        ),
    ] = "create"
    """Whether the stack creates GitHub's OIDC provider in the account, or uses the existing one: an account has at most
    one, which all its environments share. The stack does not change or destroy an existing one. Defaults to
    `create`."""

    ci_principals: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may assume the CI roles, for CI systems other than GitHub: ARNs, or patterns as in
    `scientists`. Defaults to none: only the workflows of `github_repository` may."""

    revoke_sessions_before: Annotated[Mapping[str, AwareDatetime], IN_PLACE] = {}
    """Times by role, such as `scientist = 2026-11-30T21:00:00Z`: sessions of the role that were issued before are
    denied everything. For leaked credentials. A role is named by the part of its name after the environment's. Remove
    a time when the longest session has ended (12 hours). Defaults to none."""
