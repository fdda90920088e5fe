"""An estimate follows from the stack and the table of prices, and forgets no resource."""

from typing import Any

import pytest

from operations.cost import estimate
from operations.cost.rates import FREE, RATES, load_prices, load_usage
from operations.synthesized import Resource, synthesize_stacks
from terrarium.errors import Error

_INSTANCE = {"cluster_identifier": "${aws_rds_cluster.thing.id}"}


def resource(kind: str, path: str = "module/thing", **attributes: Any) -> Resource:
    return Resource(kind, path, f"{kind}.thing", attributes)


def test_dev_idles_below_ten_dollars_a_month() -> None:
    assert sum(found.idle for found in estimate(synthesize_stacks()["dev"])) < 10


def test_modules_are_the_constructs_below_the_stack() -> None:
    found = estimate([resource("aws_kms_key", "encryption/key"), resource("aws_vpc", "network/vpc")])
    assert [(one.module, one.idle) for one in found] == [("encryption", 1.0)]


def test_a_database_that_never_pauses_costs_its_minimum_capacity_for_each_instance() -> None:
    cluster = resource("aws_rds_cluster", serverlessv2_scaling_configuration={"min_capacity": 0.5})
    instance = resource("aws_rds_cluster_instance", **_INSTANCE, instance_class="db.serverless")
    (asleep,) = estimate([cluster])
    (awake,) = estimate([cluster, instance, instance])
    assert awake.idle - asleep.idle == pytest.approx(2 * 0.5 * 730 * 0.12)


def test_a_provisioned_instance_costs_the_same_at_all_times() -> None:
    cluster = resource("aws_rds_cluster", serverlessv2_scaling_configuration={"min_capacity": 0})
    (without,) = estimate([cluster])
    for instance_class, hour in {
        "db.t4g.medium": 0.073,
        "db.r7g.large": 0.276,
        "db.r6g.2xlarge": 1.04,
    }.items():
        instance = resource("aws_rds_cluster_instance", **_INSTANCE, instance_class=instance_class)
        (found,) = estimate([cluster, instance])
        assert found.idle - without.idle == pytest.approx(730 * hour)
        assert found.typical - without.typical == pytest.approx(730 * hour)


def test_io_optimized_storage_has_no_price_for_requests_and_dearer_instances() -> None:
    def typical(storage_type: str | None, *instances: Resource) -> float:
        cluster = resource("aws_rds_cluster", storage_type=storage_type)
        (found,) = estimate([cluster, *instances])
        return found.typical

    instance = resource("aws_rds_cluster_instance", **_INSTANCE, instance_class="db.r7g.large")
    standard, optimized = typical(None), typical("aurora-iopt1")
    assert optimized - standard == pytest.approx(20 * (0.225 - 0.10) - 10 * 0.20)
    assert typical("aurora-iopt1", instance) - optimized == pytest.approx(1.3 * 730 * 0.276)
    assert typical(None, instance) - standard == pytest.approx(730 * 0.276)


def test_spot_costs_a_share_of_on_demand() -> None:
    def pool(purchase: str) -> float:
        resources = {"type": purchase, "ec2_configuration": [{"image_type": "ECS_AL2023"}]}
        (found,) = estimate([resource("aws_batch_compute_environment", compute_resources=resources)])
        return found.typical

    assert pool("SPOT") == pytest.approx(0.35 * pool("EC2"))


@pytest.mark.parametrize(
    ("resources", "price"),
    [
        ({"type": "EC2", "instance_type": ["m7i"]}, "cpu_vcpu_hour"),
        ({"type": "EC2", "instance_type": ["m8g"]}, "arm_vcpu_hour"),
        ({"type": "EC2", "instance_type": ["trn1.2xlarge"]}, "neuron_vcpu_hour"),
        ({"type": "FARGATE"}, "fargate_vcpu_hour"),
    ],
)
def test_a_pool_has_the_price_of_its_kind(resources: dict[str, object], price: str) -> None:
    image = {"ec2_configuration": [{"image_type": "ECS_AL2023"}]}
    (found,) = estimate([resource("aws_batch_compute_environment", compute_resources={**image, **resources})])
    hours = load_usage()["typical"]["gpu_vcpu_hours" if "neuron" in price else "cpu_vcpu_hours"]
    assert found.typical == pytest.approx(hours * load_prices()[1][price])


def test_refuses_a_resource_without_a_rate() -> None:
    with pytest.raises(Error, match=r"aws_elephant .* has no rate"):
        estimate([resource("aws_elephant")])


def test_no_type_has_a_rate_and_is_free() -> None:
    assert FREE & RATES.keys() == set()
