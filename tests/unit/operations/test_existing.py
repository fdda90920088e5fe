"""Objects of the stack's resources: found by name, or by what they belong to."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from environments import load_environment
from operations.recover.advice import is_importable
from operations.recover.existing import AmbiguousError, Existing, Found
from operations.synthesized import Resource
from terrarium.errors import Error

CONFIG = load_environment("dev")
VPC = Resource("aws_vpc", "network/vpc", "aws_vpc.vpc", {"tags": {"Name": "terrarium-dev-network"}})
SUBNET = Resource(
    "aws_subnet",
    "network/subnet",
    "aws_subnet.subnet",
    {"vpc_id": "${aws_vpc.vpc.id}", "cidr_block": "10.0.0.0/19"},
)
ROLE = Resource("aws_iam_role", "job/role", "aws_iam_role.role", {"name": "terrarium-dev-job"})
GRANTS = Resource(
    "aws_iam_role_policies_exclusive",
    "job/grants",
    "aws_iam_role_policies_exclusive.grants",
    {"role_name": "${aws_iam_role.role.name}"},
)
POOL = Resource(
    "aws_batch_compute_environment",
    "compute/pool",
    "aws_batch_compute_environment.pool",
    {"compute_environment_name_prefix": "terrarium-dev-cpu-"},
)


class Client:
    """A client that answers each operation with one answer, and notes the requests."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def can_paginate(self, _: str) -> bool:
        return False

    def __getattr__(self, operation: str) -> Any:
        def request(**arguments: Any) -> Any:
            self.requests.append((operation, arguments))
            answer = self.answers[operation]
            if isinstance(answer, str):
                raise ClientError({"Error": {"Code": answer}}, operation)
            return answer

        return request


def existing(client: Client, *resources: Resource, state: dict[str, Any] | None = None) -> Existing:
    session: Any = SimpleNamespace(client=lambda _: client)
    return Existing(session, config=CONFIG, resources=resources, state=state or {})


def test_a_reference_is_the_id_of_what_was_found() -> None:
    client = Client(
        {
            "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
            "describe_subnets": {"Subnets": [{"SubnetId": "subnet-1"}]},
        }
    )
    assert existing(client, VPC, SUBNET).find(SUBNET.address) == Found("subnet-1", None)
    assert {"Name": "vpc-id", "Values": ["vpc-1"]} in client.requests[-1][1]["Filters"]


def test_a_reference_to_a_resource_in_the_state_is_its_attribute() -> None:
    client = Client({"describe_subnets": {"Subnets": [{"SubnetId": "subnet-1"}]}})
    found = existing(client, VPC, SUBNET, state={VPC.address: {"id": "vpc-2"}})
    found.find(SUBNET.address)
    assert {"Name": "vpc-id", "Values": ["vpc-2"]} in client.requests[0][1]["Filters"]


def test_what_refers_to_an_absent_resource_does_not_exist() -> None:
    client = Client({"get_role": "NoSuchEntity"})
    assert existing(client, ROLE, GRANTS).find(GRANTS.address) is None


def test_one_request_serves_resources_that_ask_the_same() -> None:
    client = Client({"get_role": {"Role": {}}})
    found = existing(client, ROLE, GRANTS)
    assert (found.find(ROLE.address), found.find(GRANTS.address)) == (
        Found("terrarium-dev-job", None),
        Found("terrarium-dev-job", None),
    )
    assert len(client.requests) == 1


def test_several_objects_of_one_resource_are_listed() -> None:
    client = Client({"describe_vpcs": {"Vpcs": [{"VpcId": "vpc-2"}, {"VpcId": "vpc-1"}]}})
    with pytest.raises(AmbiguousError, match="2 objects match: vpc-1, vpc-2"):
        existing(client, VPC).find(VPC.address)


def test_a_refused_request_names_the_resource() -> None:
    with pytest.raises(Error, match=r"job/role \(aws_iam_role\) could not be looked up"):
        existing(Client({"get_role": "AccessDenied"}), ROLE).find(ROLE.address)


def test_an_object_that_batch_cannot_use_is_not_imported() -> None:
    name = "terrarium-dev-cpu-20260101"
    pools = [{"computeEnvironmentName": name, "status": "INVALID"}]
    found = existing(Client({"describe_compute_environments": {"computeEnvironments": pools}}), POOL).find(
        POOL.address
    )
    assert found == Found(name, "INVALID")
    assert not is_importable(found.status)
