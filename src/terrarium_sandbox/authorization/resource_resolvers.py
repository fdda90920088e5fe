"""Resolvers of resources that depend on several parameters, or on stored state."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.athena.models import athena_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from terrarium_sandbox.authorization.ec2_resources import ec2_resources
from terrarium_sandbox.http.aws_call import Call

__all__ = ["PARTICULAR"]


def _s3(call: Call, account: str) -> Iterable[str]:  # noqa: ARG001 - one signature for all
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    if bucket is not None:
        yield f"arn:aws:s3:::{bucket}" + (f"/{key}" if key is not None else "")


def _iam(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    iam = iam_backends[account]["aws"]
    path = parameters.get("Path") or "/"  # of what the request creates
    kinds: Mapping[str, Callable[[str], str]] = {
        "InstanceProfileName": lambda name: next(
            (profile.arn for profile in iam.instance_profiles.values() if profile.name == name),
            f"instance-profile{path}{name}",
        ),
        "GroupName": lambda name: f"group/{name}",
        "OpenIDConnectProviderArn": lambda arn: arn,
        "PolicyName": lambda name: f"policy{path}{name}",
        "RoleName": lambda name: next(
            (role.arn for role in iam.roles.values() if role.name == name), f"role{path}{name}"
        ),
        "Url": lambda url: f"oidc-provider/{url.removeprefix('https://')}",
        "UserName": lambda name: f"user/{name}",
    }
    # When a policy is attached to a role, the role is the resource, and the policy is a condition key.
    owners = [name for name in kinds if name in parameters and name != "PolicyName"]
    if "PolicyArn" in parameters and not owners:
        yield parameters["PolicyArn"]
    for name in owners[:1] or [name for name in kinds if name in parameters]:
        found = kinds[name](parameters[name])
        yield found if found.startswith("arn:") else f"arn:aws:iam::{account}:{found}"


def _ssm(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    names = parameters.get("Names") or [parameters.get("Name") or parameters.get("Path")]
    if parameters.get("ResourceType") == "Parameter":
        names = [parameters["ResourceId"]]
    for name in filter(None, names):
        yield name if name.startswith("arn:") else _regional(call, account, f"parameter/{name.lstrip('/')}")


def _logs(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    arn = parameters.get("resourceArn") or parameters.get("logGroupIdentifier")
    if arn and arn.startswith("arn:"):
        yield arn
        return
    name = parameters.get("logGroupName") or arn or parameters.get("logGroupNamePrefix", "")
    if call.operation == "DescribeLogGroups" or name:
        stream = parameters.get("logStreamName", "")
        yield _regional(call, account, f"log-group:{name}:log-stream:{stream}")


def _glue(call: Call, account: str) -> Iterable[str]:
    # Glue also requires permissions on the database and the catalog of a table.
    parameters: Mapping[str, Any] = call.parameters
    if "ResourceArn" in parameters:
        yield parameters["ResourceArn"]
        return
    yield _regional(call, account, "catalog")
    about_tables = "Table" in call.operation or "Partition" in call.operation
    database = parameters.get("DatabaseName") or parameters.get("DatabaseInput", {}).get("Name")
    if database is None and not about_tables:
        database = parameters.get("Name")
    if database is not None:
        yield _regional(call, account, f"database/{database}")
        if about_tables:
            table = parameters.get("TableName") or parameters.get("TableInput", {}).get("Name")
            yield _regional(call, account, f"table/{database}/{table or parameters.get('Name', '*')}")


def _scheduler(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    if "ResourceArn" in parameters:
        yield parameters["ResourceArn"]
    elif call.operation.endswith("ScheduleGroup"):
        yield _regional(call, account, f"schedule-group/{parameters['Name']}")
    elif "Name" in parameters:
        group = parameters.get("GroupName", "default")
        yield _regional(call, account, f"schedule/{group}/{parameters['Name']}")


def _sqs(call: Call, account: str) -> Iterable[str]:
    name = call.parameters.get("QueueName") or call.parameters.get("QueueUrl", "").rpartition("/")[2]
    if name:
        yield _regional(call, account, name)


def _sts(call: Call, account: str) -> Iterable[str]:  # noqa: ARG001 - one signature for all
    if "RoleArn" in call.parameters:
        yield call.parameters["RoleArn"]


def _dynamodb_batch(call: Call, account: str) -> Iterable[str]:
    for table in call.parameters.get("RequestItems", {}):
        yield table if table.startswith("arn:") else _regional(call, account, f"table/{table}")


def _athena_executions(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    executions = athena_backends[account][call.region].executions
    for execution_id in parameters.get("QueryExecutionIds") or [parameters.get("QueryExecutionId")]:
        execution = executions.get(execution_id)
        group = execution.workgroup if execution else None
        yield _regional(call, account, f"workgroup/{getattr(group, 'name', group) or '*'}")


def _states_named(kind: str) -> Callable[[Call, str], Iterable[str]]:
    """Return the resource of a creation; the `name` of StartExecution is that of the execution."""

    def named(call: Call, account: str) -> Iterable[str]:
        yield _regional(call, account, f"{kind}:{call.parameters['name']}")

    return named


def _athena_workgroup(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    yield _regional(call, account, f"workgroup/{parameters.get('Name', parameters.get('WorkGroup'))}")


def _athena_default_workgroup(call: Call, account: str) -> Iterable[str]:
    yield _regional(call, account, f"workgroup/{call.parameters.get('WorkGroup') or 'primary'}")


def _athena_named_queries(call: Call, account: str) -> Iterable[str]:
    parameters = call.parameters
    queries = athena_backends[account][call.region].named_queries
    for query_id in parameters.get("NamedQueryIds") or [parameters.get("NamedQueryId")]:
        query = queries.get(query_id)
        group = query.workgroup if query else None
        yield _regional(call, account, f"workgroup/{getattr(group, 'name', group) or '*'}")


def _athena_catalog(call: Call, account: str) -> Iterable[str]:
    yield _regional(call, account, f"datacatalog/{call.parameters.get('Name', '*')}")


def _kms(call: Call, account: str) -> Iterable[str]:
    alias, key = (
        call.parameters.get("AliasName"),
        call.parameters.get("KeyId") or call.parameters.get("TargetKeyId"),
    )
    backend = kms_backends[account][call.region]
    if alias:
        yield _regional(call, account, alias)
        key = key or backend.get_key_id_from_alias(alias)
    if key and "alias/" in key:
        key = backend.get_key_id_from_alias(key.rpartition(":")[2])
    if key:
        yield key if key.startswith("arn:") else _regional(call, account, f"key/{key}")


def _regional(call: Call, account: str, resource: str) -> str:
    return f"arn:aws:{call.service}:{call.region}:{account}:{resource}"


PARTICULAR: Mapping[str, Callable[[Call, str], Iterable[str]]] = {
    "athena:BatchGetQueryExecution": _athena_executions,
    "athena:BatchGetNamedQuery": _athena_named_queries,
    "athena:CreateDataCatalog": _athena_catalog,
    "athena:CreateNamedQuery": _athena_default_workgroup,
    "athena:CreateWorkGroup": _athena_workgroup,
    "athena:DeleteDataCatalog": _athena_catalog,
    "athena:DeleteNamedQuery": _athena_named_queries,
    "athena:GetDataCatalog": _athena_catalog,
    "athena:GetNamedQuery": _athena_named_queries,
    "athena:ListNamedQueries": _athena_default_workgroup,
    "athena:ListQueryExecutions": _athena_default_workgroup,
    "athena:StartQueryExecution": _athena_default_workgroup,
    "athena:UpdateDataCatalog": _athena_catalog,
    "athena:GetQueryExecution": _athena_executions,
    "athena:GetQueryResults": _athena_executions,
    "athena:GetQueryRuntimeStatistics": _athena_executions,
    "athena:StopQueryExecution": _athena_executions,
    "dynamodb:BatchGetItem": _dynamodb_batch,
    "dynamodb:BatchWriteItem": _dynamodb_batch,
    "ec2:*": ec2_resources,
    "glue:*": _glue,
    "iam:*": _iam,
    "kms:*": _kms,
    "logs:*": _logs,
    "s3:*": _s3,
    "scheduler:*": _scheduler,
    "sqs:*": _sqs,
    "states:CreateActivity": _states_named("activity"),
    "states:CreateStateMachine": _states_named("stateMachine"),
    "ssm:*": _ssm,
    "sts:*": _sts,
}
