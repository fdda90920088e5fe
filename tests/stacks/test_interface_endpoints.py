"""Interface endpoints: every AWS service that code in the network may call is reachable, and no other."""

import json
from typing import Any

import pytest

from environments import Environment, load_environment, load_environments
from modules.network.endpoint_services import (
    ENDPOINTS,
    GATEWAY_ENDPOINTS,
    WITHOUT_ENDPOINT,
    endpoint_services,
)
from modules.network.interface_endpoints import service_name
from operations.cost.estimate import estimate
from operations.synthesized import resources_of
from tests.stacks.synthesized import Synthesized, listed, synthesize

_IN_NETWORK = {"ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com"}


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """All environments: staging, which promotes models, with every capability; dev with one zone."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    for name in ("dev", "staging"):
        documents[name]["network"]["egress"] = "interface-endpoints"
    documents["staging"]["network"] |= {"availability_zones": 3, "endpoint_zones": 2}
    documents["staging"]["workbench"]["users"] = ["ada"]
    configs = [Environment.model_validate(document) for document in documents.values()]
    return synthesize(configs, tmp_path_factory.mktemp("private"))


def services(stack: Synthesized) -> dict[str, dict[str, Any]]:
    endpoints = stack.resources("aws_vpc_endpoint").values()
    return {endpoint["service_name"].split(".", 3)[3]: endpoint for endpoint in endpoints}


def called(stack: Synthesized) -> set[str]:
    """Return the IAM prefixes of all services that roles of jobs, tasks, instances and notebooks may call."""
    prefixes = set()
    for path, role in stack.resources("aws_iam_role").items():
        trust = json.loads(role["assume_role_policy"])["Statement"]
        trusted = {one for statement in trust for one in listed(statement["Principal"].get("Service", []))}
        if trusted & _IN_NETWORK:
            statements = stack.granted(path.rpartition("/")[0])
            prefixes |= {action.partition(":")[0] for one in statements for action in listed(one["Action"])}
    return prefixes


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_every_service_that_code_in_the_network_may_call_is_reachable(
    name: str, private: dict[str, Synthesized]
) -> None:
    reachable = set(services(private[name]))
    prefixes = called(private[name])
    assert {"batch", "ecr", "ecs", "logs", "ssm", "ssmmessages"} <= prefixes
    unreachable = {
        prefix
        for prefix in prefixes - WITHOUT_ENDPOINT.keys() - set(GATEWAY_ENDPOINTS)
        if prefix not in ENDPOINTS or not set(ENDPOINTS[prefix]) <= reachable
    }
    # The role of notebooks exists without notebooks.
    assert unreachable == ({"sagemaker", "states"} if name == "dev" else set())


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_no_endpoint_leads_to_a_service_that_nothing_calls(
    name: str, private: dict[str, Synthesized]
) -> None:
    used = {endpoint for prefix in called(private[name]) for endpoint in ENDPOINTS.get(prefix, ())}
    # The SDK asks STS for its identity, which needs no permission.
    assert set(services(private[name])) - {*GATEWAY_ENDPOINTS, "sts"} <= used


def test_pools_on_fargate_need_no_endpoint_of_the_container_agent() -> None:
    document = load_environment("dev").model_dump(mode="json")
    pool = {"name": "cpu", "launch_type": "fargate", "maximum_vcpus": 16}
    fargate = Environment.model_validate(document | {"compute": document["compute"] | {"pools": [pool]}})
    on_instances = set(endpoint_services(Environment.model_validate(document)))
    assert on_instances - set(endpoint_services(fargate)) == set(ENDPOINTS["ecs"])


def test_each_endpoint_has_an_address_in_as_many_zones_as_configured(
    private: dict[str, Synthesized],
) -> None:
    for name, zones in (("dev", 1), ("staging", 2)):
        for service, endpoint in services(private[name]).items():
            if service not in GATEWAY_ENDPOINTS:
                assert len(endpoint["subnet_ids"]) == zones
                assert endpoint["private_dns_enabled"] is True


def test_their_policies_admit_only_the_accounts_of_the_environment_and_its_source(
    private: dict[str, Synthesized],
) -> None:
    """Job credentials of another account, for instance in a malicious package, carry no data out."""
    endpoints = services(private["staging"])
    document = json.loads(endpoints["ssm"]["policy"])
    (statement,) = document["Statement"]
    own, source = "333333333333", "111111111111"
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": [own, source]},
        "StringEqualsIfExists": {"aws:ResourceAccount": [own, source]},
    }
    assert "aws:ResourceAccount" not in endpoints["ecr.dkr"]["policy"]


def test_only_clients_connect_to_them(private: dict[str, Synthesized]) -> None:
    group = private["dev"].resource("aws_security_group", "endpoints/security-group")
    (rule,) = group["ingress"]
    assert (rule["from_port"], rule["to_port"], rule["cidr_blocks"]) == (443, 443, None)
    assert "network_clients" in rule["security_groups"][0]
    assert group["egress"] == []


def test_ci_may_give_them_private_names_only_where_they_exist(private: dict[str, Synthesized]) -> None:
    """Service Authorization Reference: CreateVpcEndpoint depends on route53:AssociateVPCWithHostedZone."""
    for name, expected in (("dev", True), ("test", False)):
        actions = {
            action
            for statement in private[name].granted("access/delivery/deploy")
            for action in listed(statement["Action"])
        }
        assert ("route53:AssociateVPCWithHostedZone" in actions) is expected


def test_a_private_network_has_no_internet_gateway(private: dict[str, Synthesized]) -> None:
    assert not private["dev"].kinds & {"aws_internet_gateway", "aws_nat_gateway", "aws_eip"}


@pytest.mark.parametrize(
    ("service", "expected"),
    [("ecr.api", "cn.com.amazonaws.cn-north-1.ecr.api"), ("logs", "com.amazonaws.cn-north-1.logs")],
)
def test_some_services_in_china_have_another_prefix(service: str, expected: str) -> None:
    assert service_name(service, "cn-north-1") == expected


def test_dev_idles_below_10_usd_a_month_and_at_95_more_without_internet(
    private: dict[str, Synthesized], stacks: dict[str, Synthesized]
) -> None:
    """AWS PrivateLink pricing: 0.01 USD for each endpoint, zone and hour; 13 endpoints in one zone."""
    created, closed = (
        sum(module.idle for module in estimate(resources_of(dict(found["dev"].document))))
        for found in (stacks, private)
    )
    assert created < 10
    assert closed - created == pytest.approx(13 * 7.30)
