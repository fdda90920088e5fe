"""Exposure: public buckets, open resource policies, reachable databases, open security groups and open trust."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import allowed_to_everyone, listed, resource_policies, statements

__all__ = ["POLICIES"]

_EC2 = re.compile(r"ec2\.amazonaws\.com(\.cn)?")  # the name of the principal differs in China

_WIDEST = 8  # bits of the network: the widest private range is 10.0.0.0/8
_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_PUBLIC_ACLS = {"public-read", "public-read-write", "authenticated-read", "website"}


def _public_buckets(stack: Stack) -> Iterator[Violation]:
    for bucket in stack.resources("aws_s3_bucket"):
        blocks = [
            block
            for block in stack.resources("aws_s3_bucket_public_access_block")
            if block.refers_to("bucket", bucket)
        ]
        if not blocks:
            yield Violation(bucket, "it has no public access block, so that it can be made public")
        for block in blocks:
            lacking = [key for key in _BLOCKS if block.attributes.get(key) is not True]
            if lacking:
                yield Violation(block, f"public access is possible: {', '.join(lacking)} not true")
    for acl in stack.resources("aws_s3_bucket_acl", "aws_s3_bucket"):
        if acl.attributes.get("acl") in _PUBLIC_ACLS:
            yield Violation(acl, f"the ACL {acl.attributes['acl']} gives other accounts access")


def _open_resource_policies(stack: Stack) -> Iterator[Violation]:
    for resource, statement in resource_policies(stack):
        if allowed_to_everyone(statement):
            yield Violation(resource, f"statement {statement.get('Sid', '')!r} allows every AWS account")


def _reachable_databases(stack: Stack) -> Iterator[Violation]:
    for instance in stack.resources("aws_rds_cluster_instance", "aws_db_instance"):
        if instance.attributes.get("publicly_accessible"):
            yield Violation(instance, "the database has a public address")
    for group in stack.resources("aws_db_subnet_group"):
        for subnet in stack.resources("aws_subnet"):
            if group.refers_to("subnet_ids", subnet) and _is_public(stack, subnet):
                yield Violation(group, f"the database is in the public subnet {subnet.path}")
    for cluster in stack.resources("aws_rds_cluster", "aws_db_instance"):
        for group in stack.resources("aws_security_group"):
            if not cluster.refers_to("vpc_security_group_ids", group):
                continue
            for rule, ranges in _ingress(stack, group):
                yield Violation(
                    rule,
                    f"it allows addresses ({', '.join(ranges)}) to connect to the database, not a group",
                )
        if cluster.kind == "aws_rds_cluster" and not cluster.attributes.get(
            "iam_database_authentication_enabled"
        ):
            yield Violation(cluster, "users log in with passwords instead of IAM tokens")


def _open_security_groups(stack: Stack) -> Iterator[Violation]:
    for group in stack.resources("aws_security_group", "aws_default_security_group"):
        for rule, ranges in _ingress(stack, group):
            if any(_is_world(one) for one in ranges):
                yield Violation(rule, "it allows connections from every address")


def _is_world(addresses: str) -> bool:
    """Return whether a range is the internet or a large part of it, such as a half (`0.0.0.0/1`)."""
    try:
        return ip_network(addresses, strict=False).prefixlen < _WIDEST
    except ValueError:
        return False  # a reference, such as the range of the VPC


def _talking_databases(stack: Stack) -> Iterator[Violation]:
    for database in stack.resources("aws_rds_cluster", "aws_db_instance", "aws_redshift_cluster"):
        for group in stack.resources("aws_security_group"):
            if not database.refers_to("vpc_security_group_ids", group):
                continue
            for rule, ranges in _rules(stack, group, "egress"):
                if any(_is_world(one) for one in ranges):
                    yield Violation(rule, "the database can open connections to every address")


def _open_trust(stack: Stack) -> Iterator[Violation]:
    for role in stack.resources("aws_iam_role"):
        for statement in statements(role.document("assume_role_policy")):
            problem = _trust_problem(statement)
            if problem:
                yield Violation(role, problem)


def _trust_problem(statement: Mapping[str, Any]) -> str | None:
    if statement.get("Effect") != "Allow":
        return None
    if allowed_to_everyone(statement):
        return "every AWS account may assume the role"
    principal = statement.get("Principal", {})
    if not isinstance(principal, Mapping):
        return None
    if any(
        "oidc-provider/" in who or "aws_iam_openid_connect_provider." in who
        for who in listed(principal.get("Federated"))
    ):
        return _federation_problem(statement)
    services = [who for who in listed(principal.get("Service")) if not _EC2.fullmatch(who)]
    bounded = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    if services and not bounded & {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}:
        return f"{', '.join(services)} may assume the role for any account (confused deputy)"
    return None


def _federation_problem(statement: Mapping[str, Any]) -> str | None:
    # A pattern may end with a star, but has to name the repository before it.
    tests = [
        (key.rpartition(":")[2], listed(value))
        for operator, test in statement.get("Condition", {}).items()
        if operator in {"StringEquals", "StringLike"}
        for key, value in test.items()
    ]
    audiences = [value for key, values in tests if key == "aud" for value in values]
    subjects = [value for key, values in tests if key == "sub" for value in values]
    if not audiences:
        return "it accepts tokens for every audience"
    if not subjects:
        return "workflows of every repository may assume the role"
    for subject in subjects:
        repository, _, rest = subject.removeprefix("repo:").removeprefix("project_path:").partition(":")
        if "*" in repository or rest in {"", "*"} or rest.startswith("ref:"):
            return f"the subject {subject!r} lets too many workflows assume the role"
    return None


def _ingress(stack: Stack, group: Resource) -> Iterator[tuple[Resource, list[str]]]:
    """Yield the rules that allow connections from addresses to a group, with the addresses."""
    return _rules(stack, group, "ingress")


def _rules(stack: Stack, group: Resource, direction: str) -> Iterator[tuple[Resource, list[str]]]:
    for block in group.blocks(direction):
        ranges = [*listed(block.get("cidr_blocks")), *listed(block.get("ipv6_cidr_blocks"))]
        if ranges:
            yield group, ranges
    for rule in stack.resources(f"aws_vpc_security_group_{direction}_rule"):
        ranges = [rule.attributes[key] for key in ("cidr_ipv4", "cidr_ipv6") if rule.attributes.get(key)]
        if ranges and rule.refers_to("security_group_id", group):
            yield rule, ranges
    for rule in stack.resources("aws_security_group_rule"):
        ranges = [
            *listed(rule.attributes.get("cidr_blocks")),
            *listed(rule.attributes.get("ipv6_cidr_blocks")),
        ]
        same = rule.attributes.get("type") == direction
        if ranges and same and rule.refers_to("security_group_id", group):
            yield rule, ranges


def _is_public(stack: Stack, subnet: Resource) -> bool:
    if subnet.attributes.get("map_public_ip_on_launch"):
        return True
    tables = [
        str(association.attributes.get("route_table_id"))
        for association in stack.resources("aws_route_table_association")
        if association.refers_to("subnet_id", subnet)
    ]
    return any(
        str(route.attributes.get("route_table_id")) in tables and route.attributes.get("gateway_id")
        for route in stack.resources("aws_route")
    )


POLICIES = (
    Policy(
        "database-egress",
        "The database opens no connections to the internet",
        "remove the egress rule: answers to clients need none",
        _talking_databases,
    ),
    Policy(
        "public-store",
        "No bucket can be made public",
        "create buckets with modules/bucket.py, which blocks public access; share objects with presigned URLs",
        _public_buckets,
    ),
    Policy(
        "open-resource-policy",
        "No resource policy allows every account",
        "name the principals, or add a condition on aws:SourceAccount or aws:PrincipalAccount",
        _open_resource_policies,
    ),
    Policy(
        "database-exposure",
        "The database accepts connections from inside the network only, with IAM tokens",
        "keep it in the private subnets; allow clients by `network.client_security_group_id`",
        _reachable_databases,
    ),
    Policy(
        "open-security-group",
        "No security group allows connections from every address",
        "allow a security group instead of addresses; connect laptops with `terrarium tunnel`",
        _open_security_groups,
    ),
    Policy(
        "open-trust",
        "A role trusts only the environment's own account, and named workflows of one repository or project",
        "write the trust policy with modules/iam/trust.py; for OIDC, name the repository and its environment",
        _open_trust,
    ),
)
