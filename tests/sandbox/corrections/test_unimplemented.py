"""Unimplemented calls fail immediately, in the client's protocol, and are listed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox


@pytest.mark.parametrize(
    ("service", "call", "arguments", "listed"),
    [
        pytest.param(
            "ec2", "describe_verified_access_groups", {}, "ec2:DescribeVerifiedAccessGroups", id="ec2"
        ),
        pytest.param("rds", "describe_integrations", {}, "rds:DescribeIntegrations", id="query"),
        pytest.param("glue", "list_blueprints", {}, "glue:ListBlueprints", id="json"),
        pytest.param(
            "batch",
            "list_consumable_resources",
            {},
            "batch:ListConsumableResources",
            id="rest, known service",
        ),
        pytest.param(
            "neptune-graph", "list_graphs", {}, "neptune-graph:ListGraphs", id="rest, unknown service"
        ),
        pytest.param(
            "frauddetector", "get_rules", {"detectorId": "a"}, "frauddetector:GetRules", id="json, unknown"
        ),
    ],
)
def test_is_refused_without_retry_and_listed(
    sandbox: LocalSandbox, service: str, call: str, arguments: dict[str, Any], listed: str
) -> None:
    client = sandbox.client(service)
    with pytest.raises(ClientError) as refused:
        getattr(client, call)(**arguments)
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert listed in sandbox.command("status").stdout
