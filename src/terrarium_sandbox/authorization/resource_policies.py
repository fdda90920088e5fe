"""Resource-based policies: those of buckets and keys, and trust policies of roles."""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from terrarium_sandbox.authorization.decision import ResourcePolicy
from terrarium_sandbox.authorization.policy import Policy

__all__ = ["bucket_owner", "find_resource_policy"]


def find_resource_policy(action: str, resource: str) -> ResourcePolicy | None:
    """Return the resource-based policy that applies to `action` on the resource with that ARN."""
    service = action.partition(":")[0]
    if service == "s3" and resource != "*":
        return _of_bucket(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
    if service == "kms" and ":key/" in resource:
        return _of_key(resource)
    if action == "sts:AssumeRole":
        return _trust(resource)
    return None


def bucket_owner(name: str) -> str | None:
    """Return the account that owns a bucket."""
    for account, partitions in list(s3_backends.items()):
        if name in partitions["aws"].buckets:
            return account
    return None


def _of_bucket(name: str) -> ResourcePolicy | None:
    owner = bucket_owner(name)
    if owner is None:
        return None
    policy = s3_backends[owner]["aws"].buckets[name].policy
    return ResourcePolicy(policy=_parsed(policy), account=owner)


def _of_key(arn: str) -> ResourcePolicy | None:
    _, _, _, region, account, resource = arn.split(":", 5)
    key = kms_backends[account][region].keys.get(resource.removeprefix("key/"))
    return (
        None if key is None else ResourcePolicy(policy=_parsed(key.policy), account=account, exclusive=True)
    )


def _trust(arn: str) -> ResourcePolicy | None:
    account = arn.split(":")[4]
    try:
        role = iam_backends[account]["aws"].get_role_by_arn(arn)
    except NotFoundException:
        return ResourcePolicy(policy=Policy(statements=()), account=account, exclusive=True)
    return ResourcePolicy(policy=_parsed(role.assume_role_policy_document), account=account, exclusive=True)


def _parsed(document: Any) -> Policy:
    if not document:
        return Policy(statements=())
    content: Mapping[str, Any] = document if isinstance(document, Mapping) else json.loads(document)
    return Policy.parse(content)
