"""Context of a call: the values of condition keys."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.batch.models import batch_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from terrarium_sandbox.http.aws_call import Call

__all__ = ["context_of_call", "context_of_moment", "context_of_resource"]

Values = tuple[str, ...]

# Parameters that are values of a service's condition keys.
_OWN_KEYS: Mapping[str, Mapping[str, str]] = {
    "ecs": {"cluster": "ecs:cluster"},
    "iam": {"PermissionsBoundary": "iam:permissionsboundary", "PolicyArn": "iam:policyarn"},
    "s3": {
        "Delimiter": "s3:delimiter",
        "MaxKeys": "s3:max-keys",
        "Prefix": "s3:prefix",
        "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "ServerSideEncryption": "s3:x-amz-server-side-encryption",
        "VersionId": "s3:versionid",
    },
    "sts": {"ExternalId": "sts:externalid", "RoleSessionName": "sts:rolesessionname"},
}
# Calls without a boundary of their own: conditions see the boundary of the role.
_CHANGES_OF_ROLES = ("Attach", "Delete", "Detach", "Put", "Update")


def context_of_call(call: Call, *, account: str) -> dict[str, Values]:
    """Return the condition keys of the request, in lower case."""
    tags = _requested_tags(call.parameters)
    return {
        **context_of_moment(region=call.region, account=account),
        "aws:sourceip": ("127.0.0.1",),  # loopback replaces the caller's network
        **{f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()},
        **({"aws:tagkeys": tuple(tags)} if tags else {}),
        **_own_keys(call, account),
    }


def context_of_moment(*, region: str, account: str) -> dict[str, Values]:
    """Return the keys, in lower case, of any call of `account` in `region` now."""
    now = datetime.now(UTC)
    return {
        "aws:currenttime": (now.isoformat(timespec="seconds"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:requestedregion": (region,),
        "aws:securetransport": ("true",),  # loopback replaces TLS
        "kms:calleraccount": (account,),
    }


def context_of_resource(region: str, arn: str) -> dict[str, Values]:
    """Return the keys of one resource in `region`: its account and its tags."""
    parts = arn.split(":", 5)
    account = parts[4] if len(parts) == 6 else ""
    return {
        **({"aws:resourceaccount": (account,)} if account else {}),
        **{f"aws:resourcetag/{key.lower()}": (value,) for key, value in _tags_of(region, parts).items()},
    }


def _own_keys(call: Call, account: str) -> dict[str, Values]:
    keys = _OWN_KEYS.get(call.service, {})
    found: dict[str, Values] = {
        key: (str(call.parameters[parameter]),)
        for parameter, key in keys.items()
        if parameter in call.parameters
    }
    if call.service == "ecs" and "ecs:cluster" in found and not found["ecs:cluster"][0].startswith("arn:"):
        name = found["ecs:cluster"][0]
        found["ecs:cluster"] = (f"arn:aws:ecs:{call.region}:{account}:cluster/{name}",)
    if (
        call.service == "iam"
        and call.operation.startswith(_CHANGES_OF_ROLES)
        and "RoleName" in call.parameters
        and "iam:permissionsboundary" not in found
    ):
        for role in iam_backends[account]["aws"].roles.values():
            if role.name == call.parameters["RoleName"] and role.permissions_boundary_arn:
                found["iam:permissionsboundary"] = (role.permissions_boundary_arn,)
    return found


def _requested_tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("Tags", "tags", "TagList", "ResourceTags"):
        found |= _as_tags(parameters.get(name))
    for specification in parameters.get("TagSpecifications", ()):
        found |= _as_tags(specification.get("Tags"))
    return found


def _as_tags(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(key): str(text) for key, text in value.items()}
    pairs: Iterable[Mapping[str, Any]] = value if isinstance(value, list | tuple) else ()
    return {
        str(pair.get("Key", pair.get("TagKey", pair.get("key")))): str(
            pair.get("Value", pair.get("TagValue", pair.get("value", "")))
        )
        for pair in pairs
        if isinstance(pair, Mapping)
    }


def _tags_of(called: str, parts: list[str]) -> dict[str, str]:
    """Return the tags of a resource, for the services whose resources have no names and whose grants use tags."""
    if len(parts) < 6:
        return {}
    service, region, account, resource = parts[2], parts[3] or called, parts[4], parts[5]
    identifier = resource.rpartition("/")[2]
    if service == "kms":
        backend = kms_backends[account][region]
        if resource.startswith("alias/"):
            return {}
        return (
            _as_kms_tags(backend.tagger.get_tag_dict_for_resource(identifier))
            if identifier in backend.keys
            else {}
        )
    if service == "ec2":
        return {
            key: str(value) for key, value in ec2_backends[account][region].tags.get(identifier, {}).items()
        }
    if service == "batch" and resource.startswith("job/"):
        tags: dict[str, str] = batch_backends[account][region].list_tags_for_resource(":".join(parts))
        return tags
    return {}


def _as_kms_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in tags.items()}
