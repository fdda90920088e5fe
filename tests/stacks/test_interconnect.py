"""Pools in a placement group, with Elastic Fabric Adapters, and with reserved capacity."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from policies.catalogue import POLICIES
from policies.stack import Stack
from tests.stacks.synthesized import Synthesized, synthesize

_MULTI_NODE: dict[str, Any] = {"purchase": "on-demand", "nodes": 4, "maximum_vcpus": 768}
_GROUP = "arn:aws:resource-groups:eu-central-1:111111111111:group/training"
_POOLS: list[dict[str, Any]] = [
    {"name": "near", "instance_types": ["c7i"], "interconnect": "placement-group", "zone": 1},
    {"name": "p4", "instance_types": ["p4d.24xlarge"], "interconnect": "efa", "accelerator": "gpu"},
    {"name": "p6", "instance_types": ["p6-b300.48xlarge"], "interconnect": "efa", "accelerator": "gpu"},
    {
        "name": "reserved",
        "instance_types": ["c7i.48xlarge"],
        "zone": 1,
        "capacity_reservation": "cr-0123456789abcdef0",
    },
    {"name": "group", "instance_types": ["c7i.48xlarge"], "capacity_reservation": _GROUP},
    {"name": "trn", "instance_types": ["trn1.32xlarge"], "interconnect": "efa", "accelerator": "neuron"},
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """The environment dev with such pools."""
    document = load_environment("dev").model_dump(mode="json")
    document["network"]["egress"] = "nat"
    document["compute"]["pools"] += [pool | _MULTI_NODE for pool in _POOLS]
    return synthesize([Environment.model_validate(document)], tmp_path_factory.mktemp("interconnect"))["dev"]


def _resources(stack: Synthesized, pool: str) -> dict[str, Any]:
    path = f"compute/pool-{pool}/environment"
    found: dict[str, Any] = stack.resource("aws_batch_compute_environment", path)["compute_resources"]
    return found


def _interfaces(stack: Synthesized, pool: str) -> list[dict[str, Any]]:
    template = stack.resource("aws_launch_template", f"compute/pool-{pool}/template")
    return list(template.get("network_interfaces") or [])


def _container(stack: Synthesized, pool: str) -> dict[str, Any]:
    definitions = stack.resources("aws_batch_job_definition").values()
    (found,) = (one for one in definitions if f"multi-node-job-on-{pool}_" in one["name"])
    container: dict[str, Any] = json.loads(found["node_properties"])["nodeRangeProperties"][0]["container"]
    return container


def test_instances_start_in_a_cluster_placement_group_in_one_zone(stack: Synthesized) -> None:
    group = stack.resource("aws_placement_group", "compute/pool-near/placement-group")
    assert group["strategy"] == "cluster"
    resources = _resources(stack, "near")
    assert "placement-group" in resources["placement_group"]
    assert resources["subnets"] == [_resources(stack, "cpu")["subnets"][1]]
    assert _resources(stack, "p4")["subnets"] == [_resources(stack, "cpu")["subnets"][0]]


def test_each_network_card_has_an_adapter(stack: Synthesized) -> None:
    assert [
        (one["network_card_index"], one["device_index"], one["interface_type"])
        for one in _interfaces(stack, "p4")
    ] == [(0, 0, "efa"), (1, 1, "efa"), (2, 1, "efa"), (3, 1, "efa")]
    kinds = [one["interface_type"] for one in _interfaces(stack, "p6")]
    assert kinds == ["interface", *["efa"] * 16], "the first card of a P6-B300 has none"


def test_interfaces_have_the_groups_of_clients_and_nodes(stack: Synthesized) -> None:
    """The group of an adapter allows all connections from and to itself (Batch User Guide, "EFA")."""
    for interface in _interfaces(stack, "p4"):
        assert any("pool-p4_nodes" in group for group in interface["security_groups"])
    assert "security_group_ids" not in _resources(stack, "p4"), "Batch takes those of the launch template"
    nodes = stack.resource("aws_security_group", "compute/pool-p4/nodes/group")
    for direction in ("ingress", "egress"):
        (rule,) = nodes[direction]
        assert (rule["self"], rule["protocol"]) == (True, "-1")


def test_jobs_get_the_adapters_and_may_lock_memory(stack: Synthesized) -> None:
    container = _container(stack, "p4")
    assert [device["hostPath"] for device in container["linuxParameters"]["devices"]] == [
        f"/dev/infiniband/uverbs{number}" for number in range(4)
    ]
    assert all(
        device["permissions"] == ["READ", "WRITE", "MKNOD"]
        for device in container["linuxParameters"]["devices"]
    )
    assert {"name": "memlock", "softLimit": -1, "hardLimit": -1} in container["ulimits"]


def test_jobs_get_the_adapters_beside_neuron_devices(stack: Synthesized) -> None:
    devices = [device["hostPath"] for device in _container(stack, "trn")["linuxParameters"]["devices"]]
    assert devices == [f"/dev/neuron{n}" for n in range(16)] + [
        f"/dev/infiniband/uverbs{n}" for n in range(8)
    ]


def test_other_pools_have_neither(stack: Synthesized) -> None:
    assert _interfaces(stack, "near") == []
    assert "placement_group" not in _resources(stack, "cpu")
    assert len(_resources(stack, "near")["security_group_ids"]) == 2


def test_instances_use_the_reservation_or_do_not_start(stack: Synthesized) -> None:
    targets = {
        pool: stack.resource("aws_launch_template", f"compute/pool-{pool}/template")[
            "capacity_reservation_specification"
        ]["capacity_reservation_target"]
        for pool in ("reserved", "group")
    }
    assert targets == {
        "reserved": {"capacity_reservation_id": "cr-0123456789abcdef0"},
        "group": {"capacity_reservation_resource_group_arn": _GROUP},
    }


def _refusal(**pool: Any) -> str:
    document = load_environment("dev").model_dump(mode="json")
    document["network"]["egress"] = "nat"
    document["compute"]["pools"].append({"name": "one"} | _MULTI_NODE | pool)
    with pytest.raises(ValueError, match=r"compute\.pools") as raised:
        Environment.model_validate(document)
    return str(raised.value)


@pytest.mark.parametrize(
    ("pool", "complaint"),
    [
        (
            {"instance_types": ["m7i"], "interconnect": "placement-group", "nodes": 1},
            "set nodes to the most nodes",
        ),
        ({"instance_types": ["m7i.large"], "interconnect": "efa"}, "m7i.large has no Elastic Fabric Adapter"),
        (
            {"instance_types": ["p4d", "p5.48xlarge"], "interconnect": "efa", "accelerator": "gpu"},
            "instance_types have 4 and 32 Elastic Fabric Adapters",
        ),
        (
            {"instance_types": ["m7i"], "capacity_reservation": "cr-0123456789abcdef0"},
            "capacity_reservation needs zone",
        ),
        (
            {
                "instance_types": ["m7i"],
                "capacity_reservation": _GROUP,
                "purchase": "spot",
                "nodes": 1,
            },
            'capacity_reservation needs purchase = "on-demand"',
        ),
        (
            {"instance_types": ["m7i"], "zone": 2},
            "compute.pools.one.zone 2 does not exist: the network has the zones",
        ),
    ],
)
def test_refuses_what_no_instance_could_start_with(pool: dict[str, Any], complaint: str) -> None:
    assert complaint in _refusal(**pool)


def test_the_committed_environments_have_no_placement_group(tmp_path: Path) -> None:
    stack = synthesize([load_environment("dev")], tmp_path)["dev"]
    assert stack.resources("aws_placement_group") == {}


def test_no_policy_objects_to_adapters_and_reservations(stack: Synthesized) -> None:
    found = Stack(name="dev", tier="disposable", document=stack.document)
    assert [violation for policy in POLICIES for violation in policy.violations(found)] == []
