"""Principals: users, and sessions of roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import AccessKey, IAMBackend, Role, iam_backends
from moto.iam.models import Policy as StoredPolicy
from moto.sts.models import AssumedRole, sts_backends

from terrarium_sandbox.authorization.policy import Policy

__all__ = ["CALLED_VIA", "ISSUED", "Principal", "find_principal", "principal_of_role"]

# The attribute of a session that a service opened for its caller: the service.
CALLED_VIA = "called_via"
# The attribute of a session: when its credentials were issued.
ISSUED = "terrarium_issued"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A user or session, and the policies that apply to it.

    Args:
        arn: The ARN in error messages and `sts:GetCallerIdentity`.
        account: Its account.
        names: Its names in resource-based policies: for a session, also that of its role.
        policies: The identity-based policies.
        boundary: The permissions boundary.
        session_policy: The policy of the session, if it has one.
        context: The values of condition keys about it, by lower-case key.
    """

    arn: str
    account: str
    names: frozenset[str]
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session_policy: Policy | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def account_root(self) -> str:
        """The name by which a policy refers to the account, whose identity-based policies then decide."""
        return f"arn:aws:iam::{self.account}:root"

    @property
    def all_names(self) -> Mapping[str, frozenset[str]]:
        """All names that a deny statement may use."""
        return {"AWS": self.names | {self.account_root, self.account}}


def find_principal(access_key: str) -> Principal | None:
    """Return the principal of an access key; None if it has none."""
    for account, partitions in list(iam_backends.items()):
        iam = partitions["aws"]
        key = iam.access_keys.get(access_key)
        if key is None:
            continue
        session = sts_backends[account]["aws"].get_assumed_role_from_access_key(access_key)
        return _user(account, iam, key) if session is None else _session(session)
    return None


def _user(account: str, iam: IAMBackend, key: AccessKey) -> Principal | None:
    user = iam.users.get(key.user_name) if key.user_name else None
    if user is None:
        return None
    documents = list(user.policies.values())
    documents += [_default_version(policy) for policy in user.managed_policies.values()]
    for group in iam.get_groups_for_user(user.name):
        documents += list(group.policies.values())
        documents += [_default_version(policy) for policy in group.managed_policies.values()]
    tags = {tag["Key"]: tag["Value"] for tag in user.tags} if isinstance(user.tags, list) else {}
    return Principal(
        arn=user.arn,
        account=account,
        names=frozenset({user.arn}),
        policies=tuple(map(Policy.parse, documents)),
        context={"aws:username": (user.name,), **_context(user.arn, account, "User", user.id, tags)},
    )


def principal_of_role(role_arn: str, *, service: str) -> Principal | None:
    """Return the principal of a service that acts as a role itself, as Step Functions does when it calls KMS.

    Args:
        role_arn: The role.
        service: The service, such as `states.amazonaws.com`.
    """
    account = role_arn.split(":")[4]
    try:
        role: Role = iam_backends[account]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return None
    session = f"{role.id}:{service.partition('.')[0]}"
    arn = f"arn:aws:sts::{account}:assumed-role/{role.name}/{service.partition('.')[0]}"
    return _of_role(role, arn=arn, user_id=session)


def _session(session: AssumedRole) -> Principal | None:
    account = session.role_arn.split(":")[4]
    try:
        role: Role = iam_backends[account]["aws"].get_role_by_arn(session.role_arn)
    except NotFoundException:
        return None  # the role was deleted: the session may do nothing
    policy = Policy.parse(session.policy) if session.policy else None
    principal = _of_role(role, arn=session.arn, user_id=session.user_id, session_policy=policy)
    service = getattr(session, CALLED_VIA, None)
    via = {"aws:calledvia": (service,), "aws:viaawsservice": ("true",)} if service else {}
    issued = getattr(session, ISSUED, None)
    at = {"aws:tokenissuetime": (issued.isoformat(timespec="seconds"),)} if issued else {}
    return replace(principal, context={**principal.context, **via, **at})


def _of_role(role: Role, *, arn: str, user_id: str, session_policy: Policy | None = None) -> Principal:
    account = role.arn.split(":")[4]
    documents = list(role.policies.values())
    documents += [_default_version(policy) for policy in role.managed_policies.values()]
    return Principal(
        arn=arn,
        account=account,
        names=frozenset({role.arn, arn}),
        policies=tuple(map(Policy.parse, documents)),
        boundary=_boundary(role),
        session_policy=session_policy,
        context=_context(role.arn, account, "AssumedRole", user_id, _tags(role)),
    )


def _boundary(role: Role) -> Policy | None:
    if not role.permissions_boundary_arn:
        return None
    account = role.arn.split(":")[4]
    policy = iam_backends[account]["aws"].managed_policies.get(role.permissions_boundary_arn)
    # A boundary that was deleted allows nothing.
    return Policy.parse(_default_version(policy)) if policy else Policy(statements=())


def _default_version(policy: StoredPolicy) -> str:
    return str(next(version.document for version in policy.versions if version.is_default))


def _tags(role: Role) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in role.tags or []}


def _context(arn: str, account: str, kind: str, user_id: str, tags: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "aws:principalarn": (arn,),
        "aws:principalaccount": (account,),
        "aws:principaltype": (kind,),
        "aws:userid": (user_id,),
        **{f"aws:principaltag/{key.lower()}": (value,) for key, value in tags.items()},
    }
