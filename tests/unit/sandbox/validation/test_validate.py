"""Requests that violate their operation's model, in each protocol, and the error responses."""

from typing import Any

import pytest

from terrarium_sandbox.rules.enforcement import RuleViolationError
from terrarium_sandbox.validation.validate import validate
from tests.unit.sandbox.sent_call import call_by, client_of


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "message"),
    [
        pytest.param(
            "iam",
            "delete_role",
            {"RoleName": "a b"},
            "ValidationError",
            "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]+",
            id="query, pattern",
        ),
        pytest.param(
            "iam",
            "delete_role",
            {"RoleName": "r" * 65},
            "ValidationError",
            "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
            id="query, length",
        ),
        pytest.param(
            "iam",
            "create_role",
            {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 60},
            "ValidationError",
            "Value '60' at 'maxSessionDuration' failed to satisfy constraint: "
            "Member must have value greater than or equal to 3600",
            id="query, range",
        ),
        pytest.param(
            "iam",
            "tag_role",
            {"RoleName": "r", "Tags": [{"Key": "owner", "Value": "ada"}, {"Key": "a;b", "Value": ""}]},
            "ValidationError",
            "Value 'a;b' at 'tags.2.member.key' failed",
            id="query, member of a list",
        ),
        pytest.param(
            "dynamodb",
            "create_table",
            {
                "TableName": "t" * 1025,
                "KeySchema": [{"AttributeName": "id", "KeyType": "PRIMARY"}],
                "AttributeDefinitions": [],
            },
            "ValidationException",
            "2 validation errors detected: ",
            id="json, two violations",
        ),
        pytest.param(
            "kms", "describe_key", {}, "ValidationException", "Value null at 'keyId'", id="json, required"
        ),
        pytest.param(
            "logs",
            "create_log_group",
            {"logGroupName": "a b"},
            "InvalidParameterException",
            "Value 'a b' at 'logGroupName'",
            id="json, a code of the service",
        ),
        pytest.param(
            "batch",
            "create_compute_environment",
            {"computeEnvironmentName": "c", "type": "managed"},
            "ClientException",
            "Value 'managed' at 'type' failed to satisfy constraint: Member must satisfy enum value set: "
            "[MANAGED, UNMANAGED]",
            id="rest-json, enum",
        ),
        pytest.param(
            "scheduler",
            "get_schedule",
            {"Name": "a/b"},
            "ValidationException",
            "Value 'a/b' at 'name'",
            id="rest-json, in the path",
        ),
        pytest.param(
            "s3",
            "put_bucket_versioning",
            {"Bucket": "b", "VersioningConfiguration": {"Status": "On"}},
            "InvalidArgument",
            "Value 'On' at 'versioningConfiguration.status'",
            id="rest-xml, enum",
        ),
        pytest.param(
            "ec2",
            "create_security_group",
            {"GroupName": "g"},
            "MissingParameter",
            "Value null at 'description'",
            id="ec2, required",
        ),
    ],
)
def test_refuses_violations_of_the_model(
    service: str, operation: str, parameters: dict[str, Any], code: str, message: str
) -> None:
    call = call_by(client_of(service, parameter_validation=False), operation, **parameters)
    with pytest.raises(RuleViolationError) as caught:
        validate(call)
    assert caught.value.code == code
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        pytest.param("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x" * 100}, id="streamed body"),
        pytest.param(
            "iam",
            "tag_role",
            {"RoleName": "r", "Tags": [{"Key": "Straße 7", "Value": "äöü + - @ _ . : /"}]},
            id="letters of any language in tags",
        ),
        pytest.param(
            "glue",
            "create_table",
            {
                "DatabaseName": "d",
                "TableInput": {"Name": "t", "Parameters": {"a": "b"}, "Description": "two\nlines 😀"},
            },
            id="characters beyond Java's",
        ),
        pytest.param(
            "dynamodb",
            "put_item",
            {"TableName": "t", "Item": {"id": {"L": [{"M": {"a": {"L": [{"S": ""}]}}}]}}},
            id="shapes that contain themselves",
        ),
        pytest.param(
            "batch",
            "register_job_definition",
            {
                "jobDefinitionName": "j",
                "type": "container",
                "retryStrategy": {"evaluateOnExit": [{"action": "retry"}]},
            },
            id="an enum in another case, where AWS ignores it",
        ),
        pytest.param("budgets", "describe_budgets", {"AccountId": "123456789012"}, id="optional left out"),
    ],
)
def test_accepts_valid_requests(service: str, operation: str, parameters: dict[str, Any]) -> None:
    validate(call_by(client_of(service), operation, **parameters))
