"""Ways from the powers that somebody has to another role, or to a power that no role should reach.

Sources: AWS documentation of each service (what a call runs, and with which role), Service Authorization Reference
(actions that depend on `iam:PassRole`), and two published collections of such ways: Rhino Security Labs, "AWS IAM
Privilege Escalation Methods"; Plerion, "Hacking Terraform State for Privilege Escalation".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from policies.aws.service_authorization import actions_matching
from policies.escalation.conditions import Context, holds
from policies.escalation.estate import Estate, Role
from policies.escalation.permissions import Principal
from policies.statements import listed

__all__ = ["TECHNIQUES", "Gained", "Power", "Step"]


class Power(NamedTuple):
    """Something to reach.

    Args:
        name: Such as `database owner`, or the name of a role.
        principal: What one may do with it; None where it is the end.
    """

    name: str
    principal: Principal | None = None


class Step(NamedTuple):
    """A way to a power.

    Args:
        by: The name of the role whose permission it takes.
        how: What is done, as a finding shows it.
        to: The power.
    """

    by: str
    how: str
    to: Power


@dataclass(frozen=True)
class Gained:
    """The principals that somebody can act as, used together."""

    estate: Estate
    principals: tuple[Principal, ...]

    def who_can(self, action: str, resource: str | None, context: Context | None = None) -> str | None:
        """Return the name of a principal that may make a request, if there is one."""
        guard = self.estate.guards.get((resource or "").partition("/")[0])
        for principal in self.principals:
            if principal.can(action, resource, context or {}, [guard] if guard else []):
                return principal.name
        return None

    def has(self, name: str) -> bool:
        """Return whether it is possible to act as a role."""
        return any(principal.name == name for principal in self.principals)


Technique = Callable[[Gained], Iterator[Step]]

ADMINISTRATOR = Power("account administrator")
OWNER = Power("database owner")
MASTER = Power("master secret")
DELIVERY = Power("change of a delivery role")
AUDIT = Power("end of the audit trail")
LOCKS = Power("removal of locked objects")
OTHERS = Power("resources of others")
MANIFEST = Power("change of the manifest")

_UNTAGGED: Context = {"aws:resourcetag/environment": None, "ec2:createaction": None}
_ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
# Services whose calls run code, or make calls of the caller's choice, with the role they are passed. Service prefixes
# by service principal.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "ec2.amazonaws.com": ("ec2",),
    "ecs-tasks.amazonaws.com": ("ecs", "batch"),
    "events.amazonaws.com": ("events",),
    "lambda.amazonaws.com": ("lambda",),
    "sagemaker.amazonaws.com": ("sagemaker",),
    "scheduler.amazonaws.com": ("scheduler",),
    "states.amazonaws.com": ("states",),
}
_DELIVERY_ROLES = ("ci-deploy", "ci-plan", "migration")
_USER_ACTIONS = (
    "AddUserToGroup",
    "AttachGroupPolicy",
    "AttachUserPolicy",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateUser",
    "PutGroupPolicy",
    "PutUserPolicy",
    "UpdateLoginProfile",
)


def _roles(gained: Gained) -> Iterator[Role]:
    yield from (role for role in gained.estate.roles.values() if not gained.has(role.name))


def _outside(estate: Estate, kind: str) -> str:
    return f"arn:aws:iam::{estate.account}:{kind}/Administrator"


def assume_role(gained: Gained) -> Iterator[Step]:
    """Assume a role whose trust policy allows the caller."""
    root = f"arn:aws:iam::{gained.estate.account}:root"
    for role in _roles(gained):
        for principal in gained.principals:
            context = {"aws:principalarn": principal.arn}
            trusted = any(
                isinstance(statement.get("Principal"), Mapping)
                and {root, principal.arn, "*"} & set(listed(statement["Principal"].get("AWS")))
                and holds(statement.get("Condition", {}), context) is not False
                for statement in role.trust
            )
            if trusted and principal.can("sts:AssumeRole", role.arn, {}):
                yield Step(principal.name, f"assumes {role.name}", Power(role.name, role.principal))


def assume_outside_role(gained: Gained) -> Iterator[Step]:
    """Assume a role of the account that trusts the whole account, as the roles of administrators often do."""
    target = _outside(gained.estate, "role")
    if by := gained.who_can("sts:AssumeRole", target, _UNTAGGED):
        yield Step(by, f"assumes {target}, if it trusts the account", ADMINISTRATOR)


def submit_job(gained: Gained) -> Iterator[Step]:
    """Submit a job with a command of the caller's own (SubmitJob, `containerOverrides`)."""
    for workload in gained.estate.workloads:
        role = gained.estate.roles.get(workload.role)
        if role is None or gained.has(role.name):
            continue
        by = gained.who_can("batch:SubmitJob", workload.arn)
        if by and any(gained.who_can("batch:SubmitJob", queue) for queue in gained.estate.queues):
            definition = workload.arn.rpartition("/")[2]
            yield Step(by, f"submits {definition} with another command", Power(role.name, role.principal))


def pass_role(gained: Gained) -> Iterator[Step]:
    """Pass a role to a service that runs code of the caller with it."""
    for role in _roles(gained):
        for service in sorted(role.trusted_services() & _RUNNERS.keys()):
            by = gained.who_can("iam:PassRole", role.arn, {"iam:passedtoservice": service})
            if by is None:
                continue
            for action in _starting(service):
                if starter := gained.who_can(action, None):
                    how = f"passes {role.name} to {service} with {action}"
                    yield Step(starter, how, Power(role.name, role.principal))
                    break


@cache
def _starting(service: str) -> tuple[str, ...]:
    """The actions of a service that depend on `iam:PassRole`."""
    return tuple(
        action.name
        for prefix in _RUNNERS[service]
        for action in actions_matching(f"{prefix}:*")
        if any("iam:PassRole" in kind.dependent_actions for kind in action.resource_types)
    )


def change_code(gained: Gained) -> Iterator[Step]:
    """Change what runs with a role: a notebook's session or script, a state machine, an image, a shell on a host."""
    estate = gained.estate
    notebook = f"arn:aws:sagemaker:{estate.region}:{estate.account}:notebook-instance/{estate.prefix}someone"
    script = f"{notebook.replace('notebook-instance/', 'notebook-instance-lifecycle-config/')}"
    ways: list[tuple[str, str | None, str]] = []
    if role := estate.named("notebook"):
        ways += [
            (role.arn, notebook, "sagemaker:CreatePresignedNotebookInstanceUrl"),
            (role.arn, notebook, "sagemaker:UpdateNotebookInstance"),
            (role.arn, script, "sagemaker:UpdateNotebookInstanceLifecycleConfig"),
        ]
    ways += [(role, machine, "states:UpdateStateMachine") for machine, role in estate.state_machines.items()]
    for workload in estate.workloads:
        if workload.repository:
            ways.append((workload.role, workload.repository, "ecr:PutImage"))
        host = f"arn:aws:ec2:{estate.region}:{estate.account}:instance/i-00000000000000000"
        ways.append((workload.role, host, "ssm:SendCommand"))
        shell = f"arn:aws:ssm:{estate.region}:{estate.account}:document/SSM-SessionManagerRunShell"
        if gained.who_can("ssm:StartSession", shell):
            ways.append((workload.role, host, "ssm:StartSession"))
    for arn, resource, action in ways:
        found = estate.roles.get(arn)
        if found is None or gained.has(found.name):
            continue
        if by := gained.who_can(action, resource):
            target = (resource or "").rpartition(":")[2]
            yield Step(by, f"{action} on {target}", Power(found.name, found.principal))


def change_state(gained: Gained) -> Iterator[Step]:
    """Write Terraform's state: a provider that it names runs in the next deployment."""
    deploy = gained.estate.named("ci-deploy")
    if deploy is None or gained.has(deploy.name):
        return
    if by := gained.who_can("s3:PutObject", gained.estate.state):
        yield Step(by, "writes Terraform's state", Power(deploy.name, deploy.principal))


def change_manifest(gained: Gained) -> Iterator[Step]:
    """Write the manifest: every SDK connects to the database and the buckets that it names."""
    if by := gained.who_can("ssm:PutParameter", gained.estate.manifest):
        yield Step(by, "writes the manifest", MANIFEST)


def change_trust(gained: Gained) -> Iterator[Step]:
    """Let oneself into a role by its trust policy."""
    for role in _roles(gained):
        if by := gained.who_can("iam:UpdateAssumeRolePolicy", role.arn):
            yield Step(by, f"changes the trust of {role.name}", Power(role.name, role.principal))


def change_delivery(gained: Gained) -> Iterator[Step]:
    """Change a role that delivers: what it may do, or who assumes it."""
    for name in _DELIVERY_ROLES:
        role = gained.estate.named(name)
        if role is None:
            continue
        for action in (
            "AttachRolePolicy",
            "DeleteRole",
            "DetachRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
        ):
            if by := gained.who_can(f"iam:{action}", role.arn):
                yield Step(by, f"iam:{action} on {name}", DELIVERY)
        for policy in role.attached:
            for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
                if by := gained.who_can(f"iam:{action}", policy):
                    yield Step(by, f"iam:{action} on {policy.rpartition('/')[2]} of {name}", DELIVERY)


def grant_oneself(gained: Gained) -> Iterator[Step]:
    """Attach or rewrite the policies of a role that one can act as: the boundary is what is left."""
    for role in gained.estate.roles.values():
        if not gained.has(role.name):
            continue
        if by := _grants_anything(gained, role):
            yield Step(by, f"grants {role.name} whatever it wants", _within(gained.estate, role.boundary))


def _grants_anything(gained: Gained, role: Role) -> str | None:
    return (
        gained.who_can("iam:PutRolePolicy", role.arn)
        or gained.who_can("iam:AttachRolePolicy", role.arn, {"iam:policyarn": _ADMINISTRATOR_ACCESS})
        or _attaches_own_policy(gained, role.arn)
        or next((by for arn in role.attached if (by := gained.who_can("iam:CreatePolicyVersion", arn))), None)
    )


def _attaches_own_policy(gained: Gained, role: str) -> str | None:
    own = f"arn:aws:iam::{gained.estate.account}:policy/{gained.estate.prefix}own"
    return gained.who_can("iam:CreatePolicy", own) and gained.who_can(
        "iam:AttachRolePolicy", role, {"iam:policyarn": own}
    )


def make_role(gained: Gained) -> Iterator[Step]:
    """Make a role that trusts the caller, or another account, and grant it all that its boundary allows."""
    arn = f"arn:aws:iam::{gained.estate.account}:role/{gained.estate.prefix}own"
    grants = gained.who_can("iam:PutRolePolicy", arn) or _attaches_own_policy(gained, arn)
    if grants is None:
        grants = gained.who_can("iam:AttachRolePolicy", arn, {"iam:policyarn": _ADMINISTRATOR_ACCESS})
    if grants is None:
        return
    for boundary in (None, _ADMINISTRATOR_ACCESS, *gained.estate.boundaries):
        if by := gained.who_can("iam:CreateRole", arn, {"iam:permissionsboundary": boundary}):
            name = (
                "without a boundary" if boundary is None else f"with boundary {boundary.rpartition('/')[2]}"
            )
            yield Step(by, f"makes a role {name}", _within(gained.estate, boundary))


def _within(estate: Estate, boundary: str | None) -> Power:
    document = estate.boundaries.get(boundary or "")
    if document is None or boundary is None:
        return ADMINISTRATOR
    name = f"everything within {boundary.rpartition('/')[2]}"
    role = f"arn:aws:iam::{estate.account}:role/{estate.prefix}own"
    return Power(name, Principal(name, role, document, None))


def escape_boundary(gained: Gained) -> Iterator[Step]:
    """Remove, replace or rewrite a permissions boundary."""
    used = sorted({role.boundary for role in gained.estate.roles.values() if role.boundary})
    for role in gained.estate.roles.values():
        if by := gained.who_can("iam:DeleteRolePermissionsBoundary", role.arn):
            yield Step(by, f"removes the boundary of {role.name}", ADMINISTRATOR)
        for boundary in (_ADMINISTRATOR_ACCESS, *used):
            context = {"iam:permissionsboundary": boundary}
            if boundary == role.boundary:
                continue
            if by := gained.who_can("iam:PutRolePermissionsBoundary", role.arn, context):
                how = f"gives {role.name} the boundary {boundary.rpartition('/')[2]}"
                yield Step(by, how, _within(gained.estate, boundary))
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
            if role.boundary and (by := gained.who_can(f"iam:{action}", role.boundary)):
                yield Step(by, f"rewrites the boundary of {role.name}", ADMINISTRATOR)


def become_user(gained: Gained) -> Iterator[Step]:
    """Make or change an IAM user or group."""
    for action in _USER_ACTIONS:
        kind = "group" if "Group" in action else "user"
        if by := gained.who_can(f"iam:{action}", _outside(gained.estate, kind), _UNTAGGED):
            yield Step(by, f"iam:{action}", ADMINISTRATOR)


def own_database(gained: Gained) -> Iterator[Step]:
    """Connect as the owner of the schema, read the master user's secret, or set another one."""
    estate = gained.estate
    if by := gained.who_can("rds-db:connect", estate.owner):
        yield Step(by, "connects as the owner of the schema", OWNER)
    if by := gained.who_can("secretsmanager:GetSecretValue", estate.master_secret):
        yield Step(by, "reads the master user's secret", MASTER)
    for cluster in estate.clusters:
        if by := gained.who_can("rds:ModifyDBCluster", cluster):
            yield Step(by, "sets the master user's password", MASTER)


def hide(gained: Gained) -> Iterator[Step]:
    """End the audit trail, or delete what object locks keep."""
    for trail in gained.estate.trails:
        for action in ("StopLogging", "DeleteTrail"):
            if by := gained.who_can(f"cloudtrail:{action}", trail):
                yield Step(by, f"cloudtrail:{action}", AUDIT)
    for bucket in gained.estate.buckets:
        if by := gained.who_can("s3:BypassGovernanceRetention", f"{bucket}/object"):
            yield Step(by, f"bypasses the object lock of {bucket.rpartition(':')[2]}", LOCKS)


# Requests about resources that bear neither the environment's name nor its tag, one for each service.
_ON_OTHERS: Mapping[str, str] = {
    "dynamodb:GetItem": "arn:aws:dynamodb:{region}:{account}:table/theirs",
    "ec2:CreateTags": "arn:aws:ec2:{region}:{account}:vpc/vpc-11111111111111111",  # tagged, it counts as the kit's
    "ec2:DeleteVpc": "arn:aws:ec2:{region}:{account}:vpc/vpc-11111111111111111",
    "ec2:TerminateInstances": "arn:aws:ec2:{region}:{account}:instance/i-11111111111111111",
    "iam:PassRole": "arn:aws:iam::{account}:role/theirs",
    "kms:Decrypt": "arn:aws:kms:{region}:{account}:key/11111111-1111-1111-1111-111111111111",
    "kms:PutKeyPolicy": "arn:aws:kms:{region}:{account}:key/11111111-1111-1111-1111-111111111111",
    "lambda:UpdateFunctionCode": "arn:aws:lambda:{region}:{account}:function:theirs",
    "logs:DeleteLogGroup": "arn:aws:logs:{region}:{account}:log-group:theirs",
    "rds:DeleteDBCluster": "arn:aws:rds:{region}:{account}:cluster:theirs",
    "s3:GetObject": "arn:aws:s3:::theirs/object",
    "s3:PutBucketPolicy": "arn:aws:s3:::theirs",
    "secretsmanager:GetSecretValue": "arn:aws:secretsmanager:{region}:{account}:secret:theirs-abcdef",
    "sns:Publish": "arn:aws:sns:{region}:{account}:theirs",
    "sqs:ReceiveMessage": "arn:aws:sqs:{region}:{account}:theirs",
    "ssm:GetParameter": "arn:aws:ssm:{region}:{account}:parameter/theirs",
    "ssm:PutParameter": "arn:aws:ssm:{region}:{account}:parameter/theirs",
    "states:DeleteStateMachine": "arn:aws:states:{region}:{account}:stateMachine:theirs",
}


def reach_others(gained: Gained) -> Iterator[Step]:
    """Read or change what does not belong to the environment."""
    place = {"region": gained.estate.region, "account": gained.estate.account}
    for action, resource in _ON_OTHERS.items():
        if by := gained.who_can(action, resource.format(**place), _UNTAGGED):
            yield Step(by, f"{action} on {resource.format(**place)}", OTHERS)


TECHNIQUES: tuple[Technique, ...] = (
    assume_role,
    assume_outside_role,
    submit_job,
    pass_role,
    change_code,
    change_state,
    change_manifest,
    change_trust,
    change_delivery,
    grant_oneself,
    make_role,
    escape_boundary,
    become_user,
    own_database,
    hide,
    reach_others,
)
