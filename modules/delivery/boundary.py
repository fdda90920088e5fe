"""The permissions boundary of CI's roles: the environment's own resources, without privilege escalation.

IAM limits a policy to 6,144 characters. So the patterns here are wider than those of the grants, but never wider than
the environment's name or tag.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from constructs import Construct

from modules.delivery.deploy_statements import UNNAMED
from modules.delivery.named_resources import SERVICES_BY_NAME, Service
from modules.delivery.network_statements import (
    creating_actions,
    managed_tags,
    new_tags,
    private_dns_statement,
    requested_tag,
)
from modules.iam.boundary_statements import guarded_buckets, own_keys, own_tag
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.statement import Statement
from modules.names import Limit, Names
from modules.network import ExistingNetwork, Network

__all__ = ["delivery_boundary"]

# Only administrators change the roles of CI and of the migration, their policies, and the boundaries.
_ROLES = ("ci-*", "migration")
_POLICIES = ("*boundary", "ci-*", "migration-*")


def delivery_boundary(
    scope: Construct,
    *,
    names: Names,
    network: Network,
    prescribed: str | None,
    extensions: tuple[Service, ...] = (),
) -> PermissionsBoundary:
    """Create the boundary of `ci-plan` and `ci-deploy`.

    Args:
        scope: The construct it belongs to.
        names: The names of the environment's resources.
        network: The environment's network. Untagged network interfaces in its VPC belong to the environment.
        prescribed: The company's boundary, in place of this one (`access.permissions_boundary_arn`).
        extensions: The permissions that extensions declare.
    """
    return PermissionsBoundary(
        scope,
        "boundary",
        names=names,
        name="delivery-boundary",
        statements=(
            *_allowed(names),
            *_of_extensions(names, extensions),
            *(
                _existing_network(names, network.vpc_arn)
                if isinstance(network, ExistingNetwork)
                else _network(names, network.vpc_arn)
            ),
            *((private_dns_statement(),) if network.has_private_dns else ()),
            *_deny_escalation(names, prescribed),
            *_deny_tampering(names),
        ),
        prescribed=prescribed,
    )


def _allowed(names: Names) -> tuple[Statement, ...]:
    pattern = names.pattern
    services = dict.fromkeys(f"{service.prefix}:*" for service in SERVICES_BY_NAME)
    return (
        Statement(sid="Own", actions=("s3:*", "kms:*Alias", *services), resources=_own_resources(names)),
        own_keys(names),
        Statement(sid="Unnamed", actions=UNNAMED, resources=("*",)),
        Statement(
            sid="ManagedSecrets",
            actions=(
                "secretsmanager:CreateSecret",
                "secretsmanager:GetRes*",
                "secretsmanager:Tag*",
            ),
            resources=(names.arn("secretsmanager", "secret:rds!cluster-*"),),
        ),
        Statement(
            sid="OwnIdentities",
            actions=("iam:*",),
            resources=tuple(names.identity(kind, pattern) for kind in ("role", "policy", "instance-profile")),
        ),
        Statement(
            sid="Provider",
            actions=("iam:Get*", "iam:List*", "iam:*agOpenIDConnectProvider"),
            resources=(names.arn("iam", "oidc-provider/*", regional=False),),
        ),
    )


def _of_extensions(names: Names, extensions: tuple[Service, ...]) -> Iterator[Statement]:
    """Yield the statements for resources of extensions that `_own_resources` does not cover."""
    own = _own_resources(names)
    services: dict[str, None] = {}
    resources: dict[str, None] = {}
    unnamed: dict[str, None] = {}
    for service in extensions:
        for resource in service.resources(names):
            if resource == "*":
                unnamed.update(dict.fromkeys((*service.reading, *service.changing)))
            elif not any(fnmatchcase(resource, pattern) for pattern in own):
                services[f"{service.prefix}:*"] = resources[resource] = None
    if resources:
        yield Statement(sid="Extensions", actions=tuple(services), resources=tuple(resources))
    if unnamed:
        yield Statement(sid="ExtensionsUnnamed", actions=tuple(unnamed), resources=("*",))


def _own_resources(names: Names) -> tuple[str, ...]:
    """Return one pattern for each form of the ARNs of a service: resources of any type, by name.

    Account and region are open, which saves characters: a resource of another account needs a policy there, too.
    """
    name = names.pattern
    patterns = [("kms", "*", "alias/{name}"), ("batch", "*", "job/*")] + [
        (service.prefix, "*" if service.regional else "", _widened(pattern))
        for service in SERVICES_BY_NAME
        for pattern in service.patterns
    ]
    return (
        names.bucket_arn(name),
        *(
            names.foreign_arn(prefix, region, "*", names.in_pattern(pattern))
            for prefix, region, pattern in dict.fromkeys(patterns)
        ),
    )


def _widened(pattern: str) -> str:
    """Return a pattern with any resource type before the environment's name, which itself ends with a wildcard."""
    before, name, after = pattern.partition("{name")
    if not name or not before:
        return pattern
    return f"*{before[-1]}{name}{after.partition('}')[0]}}}"


def _network(names: Names, vpc_arn: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="NewNetworks",
            actions=creating_actions(),
            resources=(names.arn("ec2", "*"),),
            conditions={"StringEquals": requested_tag(names)},
        ),
        new_tags(names),
        Statement(
            sid="Networks",
            actions=("ec2:*",),
            resources=(names.arn("ec2", "*"),),
            conditions=own_tag(names),
        ),
        _interfaces(names, vpc_arn),
    )


def _existing_network(names: Names, vpc_arn: str) -> tuple[Statement, ...]:
    """Return what CI may do in a network of another team: nothing with its subnets, routes and gateways."""
    # A VPC and subnets that are shared with the account belong to another one.
    subnets = names.foreign_arn("ec2", names.region, "*", "subnet/*")
    return (
        Statement(
            sid="NewHere",
            actions=("ec2:Authorize*", "ec2:CreateFlowLogs", "ec2:CreateLaunch*", "ec2:CreateSecurityGroup"),
            resources=(names.arn("ec2", "*"), vpc_arn),
            conditions={"StringEquals": requested_tag(names)},
        ),
        new_tags(names),
        Statement(
            sid="Created",
            actions=("ec2:*",),
            # All types, which is shorter: what the environment has not created lacks the tag `managed-by`.
            resources=(names.arn("ec2", "*"),),
            conditions=managed_tags(names),
        ),
        _interfaces(names, vpc_arn, subnets, names.arn("ec2", "security-group/*")),
    )


def _interfaces(names: Names, vpc_arn: str, *places: str) -> Statement:
    return Statement(
        sid="Interfaces",
        actions=("ec2:*NetworkInterface*",),
        resources=(names.arn("ec2", "network-interface/*"), *places),
        # Network interfaces of notebooks have no tags. A new one has no VPC yet.
        conditions={"ArnEqualsIfExists": {"ec2:Vpc": vpc_arn}},
    )


def _deny_escalation(names: Names, prescribed: str | None) -> tuple[Statement, ...]:
    """Return denials of actions that would give CI, or a role that it creates, more permissions than its boundary."""
    own = names.identity("policy", names.pattern)
    boundary = prescribed or names.identity("policy", names.physical("boundary", limit=Limit.IAM_POLICY))
    policies = _identities(names, "policy", _POLICIES)
    if prescribed is not None:
        policies = (prescribed, *policies, *_identities(names, "policy", ("*denials",)))
    return (
        Statement(
            sid="Boundary",
            effect="Deny",
            actions=("iam:CreateRole", "iam:PutRolePermissionsBoundary"),
            resources=("*",),
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": boundary}},
        ),
        Statement(
            sid="OwnPolicies",
            effect="Deny",
            actions=("iam:AttachRolePolicy",),
            resources=("*",),
            conditions={"ArnNotLike": {"iam:PolicyARN": own}},
        ),
        Statement(
            sid="Roles",
            effect="Deny",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:Delete*",
                "iam:DetachRolePolicy",
                "iam:Put*",
                "iam:Update*",
            ),
            resources=_identities(names, "role", _ROLES),
        ),
        Statement(
            sid="Policies",
            effect="Deny",
            actions=("iam:CreatePolicy*", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion"),
            resources=policies,
        ),
    )


def _deny_tampering(names: Names) -> tuple[Statement, ...]:
    """Return the denials of changes to the audit trail, Terraform's state, the key and locked objects."""
    state, audit = guarded_buckets(names)
    return (
        Statement(
            sid="DenyTrail",
            effect="Deny",
            actions=(
                "cloudtrail:DeleteTrail",
                "cloudtrail:Put*",
                "cloudtrail:StopLogging",
                "cloudtrail:UpdateTrail",
            ),
            resources=(names.trail_arn,),
        ),
        Statement(
            sid="DenyLogs",
            effect="Deny",
            # Denied for the bucket: its policy, public access block, ownership controls, object lock and versioning.
            # Tags and notifications can change.
            actions=(
                "s3:DeleteBucket*",
                "s3:DeleteObject*",
                "s3:PutBucketAcl",
                "s3:PutBucketO*",
                "s3:PutBucketP*",
                "s3:PutBucketV*",
                "s3:PutEncryption*",
                "s3:PutLifecycle*",
                "s3:PutObject*",
            ),
            resources=(state, audit, f"{audit}/*"),
        ),
        Statement(
            sid="Never",
            effect="Deny",
            actions=(
                "iam:CreateAccessKey",
                "iam:CreateUser",
                "iam:DeleteRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "kms:Disable*",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "s3:BypassGovernanceRetention",
                "sts:AssumeRole",
            ),
            resources=("*",),
        ),
    )


def _identities(names: Names, kind: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(names.identity(kind, f"{names.pattern[:-1]}{part}") for part in parts)
