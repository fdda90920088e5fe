"""Rules about the keys that Parameter Store, Secrets Manager and DynamoDB use in the caller's name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, DESCRIBE, ENCRYPT, GENERATE, GRANT, KeyUse
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES"]

_OF_PARAMETERS = (
    "AWS Systems Manager User Guide, AWS KMS encryption for Parameter Store SecureString parameters"
)
_OF_SECRETS = "AWS Secrets Manager User Guide, Secret encryption and decryption, Permissions for the KMS key"


@caller_key_rule(
    "ssm-parameter-key",
    on=("ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"),
    source=_OF_PARAMETERS,
)
def parameter_key(request: Request) -> Iterable[KeyUse]:
    """Reading a SecureString parameter with decryption needs kms:Decrypt via Systems Manager for its key."""
    if not request.get("WithDecryption"):
        return
    parameters = request.backend(ssm_backends)._parameters
    for name in request.get("Names") or [request.get("Name")]:
        versions = parameters.get((name or "").rpartition(":parameter")[2].partition(":")[0])
        yield from _of_parameter(request, versions)
    path = request.get("Path")
    if path:
        for name in [name for name in list(parameters) if name.startswith(path.rstrip("/") + "/")]:
            yield from _of_parameter(request, parameters.get(name))


def _of_parameter(request: Request, versions: Any) -> Iterator[KeyUse]:
    if versions and versions[-1].parameter_type == "SecureString":
        newest = versions[-1]
        yield use(request, newest.keyid, DECRYPT, context=_parameter_context(request, newest.name))


@caller_key_rule(
    "ssm-new-parameter-key",
    on=("ssm:PutParameter",),
    source=_OF_PARAMETERS,
)
def new_parameter_key(request: Request) -> Iterable[KeyUse]:
    """Writing a SecureString parameter needs kms:Encrypt; in the advanced tier, it needs kms:GenerateDataKey."""
    key = request.get("KeyId")
    if request.get("Type") == "SecureString" and key:
        # A value that exceeds the limit of kms:Encrypt is encrypted with a data key.
        action = GENERATE if request.get("Tier") == "Advanced" else ENCRYPT
        yield use(request, key, action, context=_parameter_context(request, request.get("Name")))


def _parameter_context(request: Request, name: str) -> dict[str, str]:
    arn = f"arn:aws:ssm:{request.call.region}:{request.account}:parameter/{name.lstrip('/')}"
    return {"PARAMETER_ARN": arn}


@caller_key_rule(
    "secretsmanager-secret-key",
    on=("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"),
    source=_OF_SECRETS,
)
def secret_key(request: Request) -> Iterable[KeyUse]:
    """Reading a secret needs kms:Decrypt via Secrets Manager for its key; writing one, kms:GenerateDataKey too."""
    secret = request.backend(secretsmanager_backends).secrets.get(request.get("SecretId"))
    key = request.get("KmsKeyId") or getattr(secret, "kms_key_id", None)
    writes = "SecretString" in request.parameters or "SecretBinary" in request.parameters
    if key and (writes or request.operation == "GetSecretValue"):
        actions = (GENERATE, DECRYPT) if writes else (DECRYPT,)
        yield use(request, key, *actions, context={"SecretARN": secret.arn} if secret else {})


@caller_key_rule(
    "secretsmanager-new-secret-key",
    on=("secretsmanager:CreateSecret",),
    source=_OF_SECRETS,
)
def new_secret_key(request: Request) -> Iterable[KeyUse]:
    """Creating a secret with a value needs kms:GenerateDataKey and kms:Decrypt via Secrets Manager for its key."""
    key = request.get("KmsKeyId")
    if key and ("SecretString" in request.parameters or "SecretBinary" in request.parameters):
        yield use(request, key, GENERATE, DECRYPT)


# Operations on items, whose requests name tables.
_ITEMS = (
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
)


@caller_key_rule(
    "dynamodb-table-key",
    on=tuple(f"dynamodb:{operation}" for operation in _ITEMS),
    source="Amazon DynamoDB Developer Guide, DynamoDB encryption at rest: the table key is decrypted for each caller",
)
def table_key(request: Request) -> Iterable[KeyUse]:
    """Reading or writing items needs kms:Decrypt via DynamoDB for the table's key."""
    tables = request.backend(dynamodb_backends).tables
    for name in dict.fromkeys(_tables(request)):
        table = tables.get(name.rpartition("/")[2])
        key = (getattr(table, "sse_specification", None) or {}).get("KMSMasterKeyId")
        if key:
            yield use(request, key, DECRYPT, context=_table_context(request, table.name))


def _tables(request: Request) -> Iterator[str]:
    if "TableName" in request.parameters:
        yield request.get("TableName")
    yield from request.get("RequestItems", {})
    for item in request.get("TransactItems", []):
        for action in item.values():
            if isinstance(action, Mapping):
                yield action["TableName"]


@caller_key_rule(
    "dynamodb-new-table-key",
    on=("dynamodb:CreateTable", "dynamodb:UpdateTable"),
    source="Amazon DynamoDB Developer Guide, DynamoDB encryption at rest, Authorizing use of a customer managed key",
)
def new_table_key(request: Request) -> Iterable[KeyUse]:
    """Creating a table with a customer-managed key needs kms:DescribeKey and kms:CreateGrant via DynamoDB."""
    key = request.get("SSESpecification", {}).get("KMSMasterKeyId")
    if key:
        yield use(request, key, DESCRIBE, GRANT)


def _table_context(request: Request, table: str) -> dict[str, str]:
    return {"aws:dynamodb:tableName": table, "aws:dynamodb:subscriberId": request.account}


RULES: tuple[Rule, ...] = (
    parameter_key,
    new_parameter_key,
    secret_key,
    new_secret_key,
    table_key,
    new_table_key,
)
