"""The section `access`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.section import Section

__all__ = ["Access", "Principal"]

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"

# IAM allows 512. A path stands in each ARN of a role in policies, whose size IAM limits to 6,144 characters.
_LONGEST_PATH = 64

# A pattern must contain a part of the name: `role/*` would match every role of the account.
Principal = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:iam::\d{12}:(role|user)/[^*?].*$")]


def _github_repository(repository: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", repository):
        raise ValueError("must be a GitHub repository, such as acme/ml-platform")
    return repository


def _gitlab_project(project: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+", project):
        raise ValueError("must be a GitLab project, such as acme/ml-platform or acme/ml/platform")
    return project


def _issuer(issuer: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?", issuer):
        raise ValueError(
            "must be an https URL without port, query or slash at the end, such as "
            "https://github.example.com/_services/token"
        )
    return issuer


def _boundary(arn: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[!-~]+", arn):
        raise ValueError(
            "must be the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/acme/Boundary"
        )
    return arn


def _path(path: str) -> str:
    # IAM User Guide, "IAM identifiers": one word for each part keeps the pattern of ARNs unambiguous.
    if not re.fullmatch(r"/([A-Za-z0-9_+=,.@-]+/)*", path):
        raise ValueError("must begin and end with a slash and name folders between, such as /acme/ml/")
    if len(path) > _LONGEST_PATH:
        raise ValueError(f"has {len(path)} characters; at most {_LONGEST_PATH}, for the sizes of policies")
    return path


GitLabRef = Annotated[str, Field(pattern=r"^(branch|tag):ref:[^*?]+\*?$")]
Thumbprint = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]

_WITHOUT_WORKFLOWS = Change(
    effect="deleted",
    how="The OIDC provider is deleted if this environment created it: workflows of other environments of the account "
    'that use it cannot log in then. Deploy with github_oidc_provider = "existing" first.',
    case="removed",
)


_BOUNDARY = Change(
    effect="in place",
    how="An administrator deploys: the CI roles may not change boundaries.",
)


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
        Annotated[str, AfterValidator(_github_repository)] | None, _WITHOUT_WORKFLOWS, IN_PLACE
    ] = None
    """The GitHub repository whose workflows may assume the CI roles, as `owner/name`. Defaults to none."""

    gitlab_project: Annotated[
        Annotated[str, AfterValidator(_gitlab_project)] | None, _WITHOUT_WORKFLOWS, IN_PLACE
    ] = None
    """The GitLab project whose pipelines may assume the CI roles, as `group/project` or `group/subgroup/project`.
    Either this or `github_repository`. Defaults to none."""

    gitlab_refs: Annotated[tuple[GitLabRef, ...], IN_PLACE] = ("branch:ref:main", "tag:ref:v*")
    """The protected branches and tags of `gitlab_project` that may deploy this environment, as GitLab writes them in
    tokens: `branch:ref:main`, `tag:ref:v*`. Defaults to the branch `main` and tags `v*`."""

    oidc_issuer: Annotated[
        Annotated[str, AfterValidator(_issuer)] | None,
        Change(
            effect="replaced with interruption",
            how="Workflows, also those of other environments that use the provider, cannot log in during the "
            "deployment: an administrator deploys.",
        ),
    ] = None
    """The issuer of CI's tokens: `https://<host>/_services/token` for GitHub Enterprise Server, `https://<host>` for a
    GitLab instance. AWS must reach it. Defaults to that of github.com or gitlab.com."""

    oidc_thumbprints: Annotated[tuple[Thumbprint, ...], IN_PLACE] = ()
    """SHA-1 thumbprints of the issuer's certificate authority, as 40 hexadecimal digits, if the provider is created
    and the authority is your own. AWS knows public ones. Defaults to none."""

    github_oidc_provider: Annotated[
        Literal["create", "existing"],
        Change(
            effect="in place",
            how="A provider that this environment created stays in the account. From existing to create, import it "
            "first: AWS refuses a second one.",
        ),
    ] = "create"
    """Whether the stack creates the OIDC provider of GitHub or GitLab in the account, or uses the existing one: an
    account has at most one per issuer, which all its environments share. The stack does not change or destroy an
    existing one. Defaults to `create`."""

    ci_principals: Annotated[tuple[Principal, ...], IN_PLACE] = ()
    """IAM principals that may assume the CI roles, for CI systems other than GitHub and GitLab: ARNs, or patterns as
    in `scientists`. Defaults to none: only the workflows of `github_repository` or `gitlab_project` may."""

    permissions_boundary_arn: Annotated[Annotated[str, AfterValidator(_boundary)] | None, _BOUNDARY] = None
    """A managed policy that is the permissions boundary of every role of the environment, as the company prescribes.
    It exists already; the stack neither creates nor changes it. The denials of the stack's own boundaries become a
    policy of each role. Defaults to the stack's own boundaries."""

    role_path: Annotated[
        Annotated[str, AfterValidator(_path)],
        Change(
            effect="replaced with interruption",
            how="All roles, their policies and the instance profile are replaced: what runs loses its credentials. An "
            "administrator deploys, and people run `terrarium login` again.",
        ),
    ] = "/"
    """The path of the roles, of their policies and of the instance profile, such as `/acme/ml/`. Defaults to `/`."""

    revoke_sessions_before: Annotated[Mapping[str, AwareDatetime], IN_PLACE] = {}
    """Times by role, such as `scientist = 2026-11-30T21:00:00Z`: sessions of the role that were issued before are
    denied everything. For leaked credentials. A role is named by the part of its name after the environment's. Remove
    a time when the longest session has ended (12 hours). Defaults to none."""

    @model_validator(mode="after")
    def _check_ci(self) -> Self:
        if self.github_repository and self.gitlab_project:
            raise ValueError(
                "access.github_repository and access.gitlab_project are both set: one of them deploys an environment. "
                "Remove the other"
            )
        return self

    @property
    def has_oidc(self) -> bool:
        """True if the CI roles trust tokens of GitHub or GitLab."""
        return self.github_repository is not None or self.gitlab_project is not None

    @property
    def issuer(self) -> str:
        """The issuer of CI's tokens."""
        return self.oidc_issuer or ("https://gitlab.com" if self.gitlab_project else GITHUB_ISSUER)
