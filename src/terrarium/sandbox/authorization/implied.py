"""What a call needs besides its own action: roles handed over, keys used on its behalf, tags put on what it makes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from terrarium.sandbox.authorization.call import Call
from terrarium.sandbox.authorization.policy import Question
from terrarium.sandbox.authorization.resource_policies import bucket_owner

__all__ = ["implied_questions"]

# The parameters by which roles are handed over, by operation; and whom they are handed to.
_HANDED_OVER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "batch:CreateComputeEnvironment": (("serviceRole", "batch.amazonaws.com"),),
    "batch:RegisterJobDefinition": (
        ("containerProperties.jobRoleArn", "ecs-tasks.amazonaws.com"),
        ("containerProperties.executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "ec2:CreateFlowLogs": (("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    "ecs:RegisterTaskDefinition": (
        ("taskRoleArn", "ecs-tasks.amazonaws.com"),
        ("executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "events:PutTargets": (("Targets.RoleArn", "events.amazonaws.com"),),
    "iam:AddRoleToInstanceProfile": (("RoleName", "ec2.amazonaws.com"),),
    "sagemaker:CreateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:UpdateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "scheduler:CreateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "scheduler:UpdateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "states:CreateStateMachine": (("roleArn", "states.amazonaws.com"),),
    "states:UpdateStateMachine": (("roleArn", "states.amazonaws.com"),),
}
_READS = ("kms:Decrypt",)
_WRITES = ("kms:GenerateDataKey",)


def implied_questions(call: Call, *, account: str) -> Iterator[Question]:
    """The further questions; their context holds only what differs from the call's own."""
    yield from _roles(call, account)
    yield from _keys(call, account)
    for specification in call.parameters.get("TagSpecifications", ()) if call.service == "ec2" else ():
        kind = specification.get("ResourceType", "*")
        yield Question(
            action="ec2:CreateTags",
            resource=f"arn:aws:ec2:{call.region}:{account}:{kind}/*",
            context={"ec2:createaction": (call.operation,)},
        )
    if call.name in {"s3:CopyObject", "s3:UploadPartCopy"}:
        source = str(call.parameters["CopySource"]).partition("?")[0].lstrip("/")
        yield Question(action="s3:GetObject", resource=f"arn:aws:s3:::{source}")
    if call.parameters.get("BypassGovernanceRetention"):
        bucket, key = call.parameters["Bucket"], call.parameters.get("Key", "*")
        yield Question(action="s3:BypassGovernanceRetention", resource=f"arn:aws:s3:::{bucket}/{key}")


def _roles(call: Call, account: str) -> Iterable[Question]:
    for path, service in _HANDED_OVER.get(call.name, ()):
        for role in _values(call.parameters, path.split(".")):
            arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
            yield Question(action="iam:PassRole", resource=arn, context={"iam:passedtoservice": (service,)})


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _values(one, path)
    elif not path:
        yield from [value] if isinstance(value, str) and value else []
    elif isinstance(value, Mapping):
        yield from _values(value.get(path[0]), path[1:])


def _keys(call: Call, account: str) -> Iterable[Question]:
    """Keys that a service uses in the name of whoever calls it."""
    service, (key, actions) = call.service, _USES.get(call.name, _uses_none)(call, account)
    if not key:
        return
    if not key.startswith("arn:"):
        backend = kms_backends[account][call.region]
        found = backend.get_key_id_from_alias(key) if key.startswith("alias/") else key
        key = f"arn:aws:kms:{call.region}:{account}:key/{found}"
    for action in actions:
        yield Question(
            action=action,
            resource=key,
            context={"kms:viaservice": (f"{service}.{call.region}.amazonaws.com",)},
        )


def _object_key(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:  # noqa: ARG001 - one signature for all
    parameters = call.parameters
    owner = bucket_owner(parameters["Bucket"])
    if owner is None:
        return None, ()
    stored = s3_backends[owner]["aws"].get_object(
        parameters["Bucket"], parameters["Key"], version_id=parameters.get("VersionId")
    )
    return (getattr(stored, "kms_key_id", None) or None), _READS


def _bucket_key(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:  # noqa: ARG001 - one signature for all
    parts = call.operation == "UploadPart"
    actions = ("kms:Decrypt", *_WRITES) if parts else _WRITES
    if call.parameters.get("SSEKMSKeyId"):
        return call.parameters["SSEKMSKeyId"], actions
    owner = bucket_owner(call.parameters["Bucket"])
    if owner is None:
        return None, ()
    bucket = s3_backends[owner]["aws"].buckets[call.parameters["Bucket"]]
    rules = (bucket.encryption or {}).get("Rule") or {}
    rules = rules[0] if isinstance(rules, list) else rules
    default = rules.get("ApplyServerSideEncryptionByDefault") or {}
    return default.get("KMSMasterKeyID"), actions


def _parameter_key(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:
    if not call.parameters.get("WithDecryption"):
        return None, ()
    names = call.parameters.get("Names") or [call.parameters.get("Name")]
    store = ssm_backends[account][call.region]
    found = [
        parameter
        for parameter in store.get_parameters(names).values()
        if parameter.parameter_type == "SecureString"
    ]
    return (found[0].keyid if found else None), _READS


def _new_parameter_key(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:  # noqa: ARG001 - one signature for all
    secure = call.parameters.get("Type") == "SecureString"
    # What is larger than KMS itself encrypts gets a data key.
    actions = _WRITES if call.parameters.get("Tier") == "Advanced" else ("kms:Encrypt",)
    return (call.parameters.get("KeyId") if secure else None), actions


def _secret_key(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:
    secret = secretsmanager_backends[account][call.region].secrets.get(call.parameters["SecretId"])
    return getattr(secret, "kms_key_id", None), _READS


def _uses_none(call: Call, account: str) -> tuple[str | None, tuple[str, ...]]:  # noqa: ARG001 - one signature for all
    return None, ()


_USES = {
    "s3:CompleteMultipartUpload": _uses_none,
    "s3:CreateMultipartUpload": _bucket_key,
    "s3:GetObject": _object_key,
    "s3:PutObject": _bucket_key,
    "s3:UploadPart": _bucket_key,
    "secretsmanager:GetSecretValue": _secret_key,
    "ssm:GetParameter": _parameter_key,
    "ssm:GetParameters": _parameter_key,
    "ssm:PutParameter": _new_parameter_key,
}
