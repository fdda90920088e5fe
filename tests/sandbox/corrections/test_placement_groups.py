"""Placement groups, which moto does not have."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox

_NAME = "terrarium-test-nodes"


@pytest.fixture
def ec2(sandbox: LocalSandbox) -> Any:
    return sandbox.client("ec2", "dev")


@pytest.fixture
def group(ec2: Any) -> Iterator[dict[str, Any]]:
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "environment", "Value": "dev"}]}]
    yield ec2.create_placement_group(GroupName=_NAME, Strategy="cluster", TagSpecifications=tags)[
        "PlacementGroup"
    ]
    ec2.delete_placement_group(GroupName=_NAME)


def _code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


def test_a_placement_group_is_described_with_its_tags(ec2: Any, group: dict[str, Any]) -> None:
    assert group["State"] == "available"
    (found,) = ec2.describe_placement_groups(GroupNames=[_NAME])["PlacementGroups"]
    assert found["GroupId"] == group["GroupId"]
    assert found["Strategy"] == "cluster"
    assert found["GroupArn"].endswith(f":placement-group/{_NAME}")
    assert found["Tags"] == [{"Key": "environment", "Value": "dev"}]


def test_a_placement_group_is_found_by_its_name(ec2: Any, group: dict[str, Any]) -> None:
    """As `terrarium recover` does."""

    def found(name: str) -> list[str]:
        answer = ec2.describe_placement_groups(Filters=[{"Name": "group-name", "Values": [name]}])
        return [each["GroupId"] for each in answer["PlacementGroups"]]

    assert found(_NAME) == [group["GroupId"]]
    assert found("none") == []


def test_a_name_is_taken_once(ec2: Any, group: dict[str, Any]) -> None:  # noqa: ARG001 - it exists
    with pytest.raises(ClientError) as raised:
        ec2.create_placement_group(GroupName=_NAME, Strategy="cluster")
    assert _code(raised) == "InvalidPlacementGroup.Duplicate"


@pytest.mark.parametrize("operation", ["describe_placement_groups", "delete_placement_group"])
def test_an_unknown_placement_group_is_refused(ec2: Any, operation: str) -> None:
    names: dict[str, Any] = (
        {"GroupName": "none"} if operation.startswith("delete") else {"GroupNames": ["none"]}
    )
    with pytest.raises(ClientError) as raised:
        getattr(ec2, operation)(**names)
    assert _code(raised) == "InvalidPlacementGroup.Unknown"
