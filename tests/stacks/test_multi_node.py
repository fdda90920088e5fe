"""Pools with more than one node per job have a multi-node job definition and a security group."""

import json

import pytest

from environments import Environment, load_environments
from environments.sections.compute import Pool
from tests.stacks.synthesized import Synthesized, synthesize

_DEFINITION = "compute/multi-node-job-definition"


def test_without_a_multi_node_pool_there_is_no_multi_node_definition(stacks: dict[str, Synthesized]) -> None:
    assert not any(_DEFINITION in stack.resources("aws_batch_job_definition") for stack in stacks.values())


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """The environment dev with a multi-node pool."""
    (dev,) = (config for config in load_environments() if config.name == "dev")
    cluster = Pool(name="cluster", purchase="on-demand", instance_types=("c7i",), maximum_vcpus=128, nodes=4)
    document = dev.model_dump(mode="json")
    document["network"]["egress"] = "nat"
    document["compute"]["pools"].append(cluster.model_dump(mode="json"))
    return synthesize([Environment.model_validate(document)], tmp_path_factory.mktemp("multi-node"))["dev"]


def test_the_nodes_of_a_job_can_connect_to_each_other(stack: Synthesized) -> None:
    """Each has an interface with the groups of its compute environment (Batch User Guide, multi-node jobs)."""
    groups = stack.resource("aws_batch_compute_environment", "compute/pool-cluster/environment")[
        "compute_resources"
    ]["security_group_ids"]
    assert any("nodes" in group for group in groups)
    nodes = stack.resource("aws_security_group", "compute/pool-cluster/nodes/group")
    for direction in ("ingress", "egress"):
        (rule,) = nodes[direction]
        assert (rule["self"], rule["protocol"]) == (True, "-1")


def test_jobs_on_one_instance_accept_no_connections(stack: Synthesized) -> None:
    (group,) = stack.resource("aws_batch_compute_environment", "compute/pool-cpu/environment")[
        "compute_resources"
    ]["security_group_ids"]
    assert "network_clients" in group
    assert stack.resource("aws_security_group", "network/clients")["ingress"] == []


def test_all_nodes_have_the_same_container_and_the_job_states_their_number(stack: Synthesized) -> None:
    definition = stack.resource("aws_batch_job_definition", _DEFINITION)
    single = stack.resource("aws_batch_job_definition", "compute/job-definition")
    assert definition["type"] == "multinode"
    (group,) = json.loads(definition["node_properties"])["nodeRangeProperties"]
    assert group["targetNodes"] == "0:", "so that a submission may say how many"
    assert group["container"] == json.loads(single["container_properties"])
    assert definition["retry_strategy"] == single["retry_strategy"]
