"""A query reads and writes with the permissions of its caller."""

import json
import time
from collections.abc import Sequence
from typing import Any

from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_service

_REGION = "eu-central-1"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_QUERY = ("athena:*", "glue:GetDatabase", "glue:GetTable")


def _client_of_a_role(local: LocalSandbox, name: str, actions: Sequence[str]) -> Any:
    iam = local.client("iam", "dev")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
    return as_service(local, "dev", role, "ecs-tasks.amazonaws.com").client("athena")


def _status(athena: Any) -> dict[str, Any]:
    query_id = athena.start_query_execution(
        QueryString="SELECT a FROM letters",
        QueryExecutionContext={"Database": "alphabet"},
        ResultConfiguration={"OutputLocation": "s3://results-of-roles/"},
    )["QueryExecutionId"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status: dict[str, Any] = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"][
            "Status"
        ]
        if status["State"] not in {"QUEUED", "RUNNING"}:
            return status
        time.sleep(0.05)
    raise TimeoutError(status)


def test_a_query_fails_without_its_callers_permissions(own_sandbox: LocalSandbox) -> None:
    """Glue to find the table, S3 to read it, S3 to leave the result."""
    own_sandbox.command("up", "--port", "0")
    s3, glue = own_sandbox.client("s3", "dev"), own_sandbox.client("glue", "dev")
    for bucket in ("letters-of-roles", "results-of-roles"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": _REGION})
    s3.put_object(Bucket="letters-of-roles", Key="t/part", Body=b"x\n")
    glue.create_database(DatabaseInput={"Name": "alphabet"})
    glue.create_table(
        DatabaseName="alphabet",
        TableInput={
            "Name": "letters",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": [{"Name": "a", "Type": "string"}],
                "Location": "s3://letters-of-roles/t/",
                "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
            },
        },
    )
    read = ("s3:ListBucket", "s3:GetObject")
    roles = {
        "everything": (*_QUERY, *read, "s3:PutObject"),
        "no-catalog": ("athena:*", *read, "s3:PutObject"),
        "no-data": (*_QUERY, "s3:ListBucket", "s3:PutObject"),
        "no-result": (*_QUERY, *read),
    }
    clients = {name: _client_of_a_role(own_sandbox, name, actions) for name, actions in roles.items()}
    own_sandbox.command("enforce-iam")
    statuses = {name: _status(athena) for name, athena in clients.items()}
    assert statuses["everything"]["State"] == "SUCCEEDED", statuses["everything"]
    assert "glue:GetTable" in statuses["no-catalog"]["StateChangeReason"]
    assert statuses["no-data"]["StateChangeReason"].startswith("PERMISSION_DENIED")
    assert "writing output" in statuses["no-result"]["StateChangeReason"]
