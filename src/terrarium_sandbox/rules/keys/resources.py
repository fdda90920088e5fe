"""Rules about the keys of new resources: grants that services request, and keys that services use themselves."""

from collections.abc import Iterable

from moto.sagemaker.models import sagemaker_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, DESCRIBE, ENCRYPT, GENERATE, GRANT, KeyUse, kms_denial
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@caller_key_rule(
    "sagemaker-notebook-key",
    on=("sagemaker:CreateNotebookInstance", "sagemaker:StartNotebookInstance"),
    source="Amazon SageMaker AI Developer Guide, Amazon SageMaker AI API Permissions",
)
def notebook_key(request: Request) -> Iterable[KeyUse]:
    """Creating or starting an encrypted notebook instance needs kms:DescribeKey and kms:CreateGrant."""
    notebooks = request.backend(sagemaker_backends).notebook_instances
    notebook = notebooks.get(request.get("NotebookInstanceName"))
    key = request.get("KmsKeyId") or getattr(notebook, "kms_key_id", None)
    if key:
        yield use(request, key, DESCRIBE, GRANT)


@caller_key_rule(
    "rds-cluster-key",
    on=("rds:CreateDBCluster",),
    code="KMSKeyNotAccessibleFault",
    source="Amazon Aurora User Guide, Encrypting Amazon Aurora resources",
)
def cluster_key(request: Request) -> Iterable[KeyUse]:
    """Creating an encrypted cluster needs kms:DescribeKey and kms:CreateGrant via RDS for the key of its storage."""
    key = request.get("KmsKeyId")
    if key:
        yield use(request, key, DESCRIBE, GRANT)


@caller_key_rule(
    "ecr-repository-key",
    on=("ecr:CreateRepository",),
    code="KmsException",
    source="Amazon ECR User Guide, Encryption at rest, Required IAM permissions",
)
def repository_key(request: Request) -> Iterable[KeyUse]:
    """Creating an encrypted repository needs kms:CreateGrant, kms:RetireGrant and kms:DescribeKey via ECR."""
    key = request.get("encryptionConfiguration", {}).get("kmsKey")
    if key:
        yield use(request, key, DESCRIBE, GRANT, "kms:RetireGrant")


@rule(
    "logs-group-key",
    on=("logs:AssociateKmsKey", "logs:CreateLogGroup"),
    code="AccessDeniedException",
    source="Amazon CloudWatch Logs User Guide, Encrypt log data in CloudWatch Logs using AWS Key Management Service",
    by_policies=True,
)
def log_group_key(request: Request) -> str | None:
    """The policy of a log group's key must let CloudWatch Logs of the region use it for that log group."""
    region = request.call.region
    arn = f"arn:aws:logs:{region}:{request.account}:log-group:{request.get('logGroupName')}"
    key_use = _use(
        request, request.get("kmsKeyId"), ENCRYPT, DECRYPT, GENERATE, context={"aws:logs:arn": arn}
    )
    if key_use is None or kms_denial(key_use, service=f"logs.{region}.amazonaws.com") is None:
        return None
    return f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"


@rule(
    "cloudtrail-trail-key",
    on=("cloudtrail:CreateTrail", "cloudtrail:UpdateTrail"),
    code="InsufficientEncryptionPolicyException",
    source="AWS CloudTrail User Guide, Configure AWS KMS key policies for CloudTrail; API model, CreateTrail",
    by_policies=True,
)
def trail_key(request: Request) -> str | None:
    """The policy of a trail's key must let CloudTrail generate data keys for that trail."""
    name = request.get("Name", "").rpartition("/")[2]
    arn = f"arn:aws:cloudtrail:{request.call.region}:{request.account}:trail/{name}"
    key_use = _use(
        request,
        request.get("KmsKeyId"),
        GENERATE,
        context={"aws:cloudtrail:arn": arn},
        call_context={"aws:SourceArn": arn, "aws:SourceAccount": request.account},
    )
    if key_use is None or kms_denial(key_use, service="cloudtrail.amazonaws.com") is None:
        return None
    return f"Insufficient permissions to access S3 bucket or KMS key {request.get('KmsKeyId')}."


def _use(
    request: Request,
    key: str | None,
    *actions: str,
    context: dict[str, str],
    call_context: dict[str, str] | None = None,
) -> KeyUse | None:
    """Return the use of a key by the called service in its own name; None if the request names no key."""
    if not key:
        return None
    return KeyUse(
        key=key,
        actions=actions,
        account=request.account,
        region=request.call.region,
        context=context,
        call_context=call_context or {},
    )


RULES: tuple[Rule, ...] = (notebook_key, cluster_key, repository_key, log_group_key, trail_key)
